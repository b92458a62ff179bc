"""Names of organisations and other things within one article: an acronym and its long form are one."""

from collections import defaultdict
from collections.abc import Sequence

from language.names import find_alias, is_acronym_of, name_key
from language.spelling import words
from schemas.vocabulary import EntityLabel


def name_things(surfaces: Sequence[str], label: EntityLabel) -> list[str]:
    """The canonical name of each of `surfaces`, all of one `label`, in their order.

    An entry of the alias table has its name there. Else all spellings with one key take the first one in the
    article, and an acronym takes the one long form whose initials it has.
    """
    first_spelling: dict[str, str] = {}
    long_forms: dict[str, set[str]] = defaultdict(set)
    for surface in surfaces:
        key = name_key(surface, label)
        first_spelling.setdefault(key, _one_line(surface))
        parts = words(surface)
        if label is EntityLabel.ORG and len(parts) > 2:
            long_forms[parts[0][0]].add(key)
    canonical: dict[str, str] = {}
    for key, surface in first_spelling.items():
        alias = find_alias(surface, label)
        canonical[key] = alias.name if alias else surface
    for key, surface in first_spelling.items():
        parts = words(surface)
        if label is EntityLabel.ORG and len(parts) == 1 and len(parts[0]) <= _MAX_ACRONYM and not find_alias(surface, label):
            fits = {k for k in long_forms.get(parts[0][0], ()) if is_acronym_of(surface, first_spelling[k])}
            if len(fits) == 1:
                canonical[key] = canonical[fits.pop()]
    return [canonical[name_key(surface, label)] for surface in surfaces]
