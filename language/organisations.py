"""Names of organisations, places and things within one article: an acronym and its long form are one."""

from collections import defaultdict
from collections.abc import Sequence

from language.names import acronym_letters, find_alias, initials, name_key
from schemas.vocabulary import EntityLabel


def name_things(surfaces: Sequence[str], label: EntityLabel) -> list[str]:
    """The canonical name of each of `surfaces`, all of one `label`, in their order.

    An entry of the alias table has its name there. Else all spellings with one key take the first of them in
    the article, and an acronym takes the one long form that has its initials.
    """
    canonical: dict[str, str] = {}
    by_initials: dict[str, set[str]] = defaultdict(set)
    for surface in surfaces:
        key = name_key(surface, label)
        if key in canonical:
            continue
        alias = find_alias(surface, label)
        canonical[key] = alias.name if alias else " ".join(surface.split())
        if label is EntityLabel.ORG:
            for letters in initials(surface):
                by_initials[letters].add(key)
    for key, name in list(canonical.items()):
        acronym = acronym_letters(name) if label is EntityLabel.ORG else None
        long_forms = by_initials.get(acronym, set()) - {key} if acronym else set()
        if len(long_forms) == 1 and not find_alias(name, label):
            canonical[key] = canonical[long_forms.pop()]
    return [canonical[name_key(surface, label)] for surface in surfaces]
