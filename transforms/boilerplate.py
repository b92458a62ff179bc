"""Phrases that stand in news texts and are not news: read-more headings, buttons, newsletter calls, credits.

Each list is language data: add a phrase and a test. Comparison ignores case and accents.
"""

import re
import unicodedata

READ_MORE = (
    # fr
    "a ne pas manquer", "a ne pas rater", "ne manquez pas", "a lire aussi", "a lire egalement", "lire aussi",
    "lire egalement", "lire la suite", "voir aussi", "a voir aussi", "a voir egalement", "a decouvrir aussi",
    "en savoir plus", "pour en savoir plus", "pour aller plus loin", "sur le meme sujet", "sur le meme theme",
    "plus d'informations", "plus d'infos", "articles lies", "articles similaires", "notre dossier", "a ecouter aussi",
    # en
    "don't miss", "do not miss", "read more", "read also", "also read", "read next", "see also", "more on this story",
    "more on this", "related articles", "related stories", "related coverage", "related news",
    "recommended", "recommended reading", "recommended stories", "you may also like", "also see",
    "continue reading", "further reading", "watch also", "more from",
    # de
    "lesen sie auch", "lesen sie mehr", "lesen sie hier", "lesen sie dazu auch", "lesen sie dazu", "auch interessant",
    "mehr zum thema", "das koennte sie auch interessieren", "das konnte sie auch interessieren", "mehr dazu",
    "passend dazu", "weiterlesen", "lesetipp",
    # es, pt, it, nl
    "lee tambien", "lea tambien", "te puede interesar", "ver tambien", "mas informacion", "leia tambem", "leia mais",
    "veja tambem", "saiba mais", "leggi anche", "leggi di piu", "per approfondire", "vedi anche", "lees ook",
    "lees meer", "bekijk ook",
)  # fmt: skip

BUTTONS = (
    "comparer", "partager", "imprimer", "commenter", "envoyer", "publicite", "s'abonner", "abonnez-vous", "fermer",
    "suivre", "ecouter", "reagir", "enregistrer", "sauvegarder", "copier le lien", "lecture", "annonce",
    "share", "compare", "print", "tweet", "email", "e-mail", "comment", "comments", "advertisement", "advertisment",
    "subscribe", "close", "follow", "play video", "save", "listen", "copy link", "loading", "sponsored", "whatsapp",
    "facebook", "twitter", "x.com", "linkedin", "telegram", "reddit", "pinterest", "messenger", "instagram",
    "teilen", "drucken", "anzeige", "werbung", "merken", "kommentare", "abonnieren", "schliessen", "artikel anhoren",
    "compartir", "imprimir", "publicidad", "comentarios", "suscribirse", "compartilhar", "publicidade", "condividi",
    "stampa", "pubblicita", "delen", "afdrukken", "advertentie", "passer la publicite", "skip advertisement",
    "empfohlener redaktioneller inhalt", "externer inhalt nicht verfugbar", "contenu indisponible", "story continues below",
    "article continues below", "artikel teilen", "link kopieren", "lire plus tard",
)  # fmt: skip

_PICTURE = (
    r"images?|photos?|photographies?|photographs?|cr[ée]dits?(?:[ -]photos?)?|photo credits?|pictures?|bild(?:er)?|fotos?|"
    r"fotograf[ií]a|imagen|imagem|immagine|illustration|infographie|capture d'[ée]cran|screenshot|archivfoto|symbolbild|"
    r"afbeelding|photo d'archives?|image d'illustration"
)
_AGENCIES = (
    r"getty(?: images)?|afp|ap|associated press|reuters|dpa|epa(?:-efe)?|efe|imago(?: images)?|shutterstock|apa|ansa|belga|"
    r"alamy|zuma(?: press)?|nurphoto|sipa(?: press)?|abaca|bestimage|anadolu(?: agency)?|keystone|ntb|picture alliance|istock"
)
CREDIT = re.compile(rf"\s*[(\[]\s*(?:{_PICTURE})(?:\s*:\s*|\s+[–—-]\s+|\s*/\s*)[^()\[\]\n]{{1,80}}[)\]]\s*$", re.I)
"""A picture's credit in brackets at the end of a line: "(Image : Getty)", "[Photo: AFP]"."""
CREDIT_LINE = re.compile(
    rf"\s*(?:(?:{_PICTURE})\s*[:©]\s*[^.!?\n]{{1,60}}|©\s*[^\n]{{1,60}}|\(c\)\s*[^\n]{{1,60}}|"
    rf"[^.!?:\n]{{1,60}}(?:/|\bvia )\s*(?:{_AGENCIES}))\s*",
    re.I,
)
"""A line that is nothing but a credit: "Photo : AFP", "© Reuters", "Noel Celis/Getty Images"."""

NEWSLETTER = re.compile(
    r"\s*(?:inscrivez[- ]vous|abonnez[- ]vous|recevez|retrouvez|suivez|sign up|subscribe|get (?:the|our)|join our|follow us|"
    r"melden sie sich|abonnieren sie|jetzt (?:anmelden|abonnieren)|suscr[ií]bete|s[ií]guenos|iscriviti|assine|schrijf je in)\b"
    r"[^\n]{0,120}\b(?:newsletters?|whatsapp|telegram|google (?:news|actualit[ée]s)|bo?let[ií]n|inbox|bo[iî]te mail|"
    r"nieuwsbrief)\b[^\n]{0,80}",
    re.I,
)

DATE_LINE = re.compile(
    r"\s*(?:(?:stand|publié|publie|mis à jour|updated|published|veröffentlicht|aktualisiert|posted|publicado|actualizado|"
    r"pubblicato|aggiornato|gepubliceerd|publisert|oppdatert|lesedauer|temps de lecture|reading time|lesezeit)\b[\s:]*"
    r"(?:le |on |am |el |il |op )?)?"
    r"(?:(?:mon|tues?|wednes|thurs|fri|satur|sun)day,? |(?:mon|diens|donners|frei|sams|sonn)tag,? |mittwoch,? |"
    r"(?:lun|mar|mercre|jeu|vendre|same)di |dimanche )?"
    r"(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{2}-\d{2}|\d{1,2}\.? [^\W\d]{3,12}\.? \d{4}|[^\W\d]{3,9}\.? \d{1,2}, \d{4}|"
    r"\d{1,3} (?:min|minutes?|minuten|min read|min\.))"
    r"(?:\s*[,|•·à@-]?\s*(?:um |at |à )?\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?(?:\s*(?:uhr|h|am|pm|[a-z]{2,4}))?)?\s*",
    re.I,
)
"""A line that is nothing but a date with its time, or a reading time, labelled or not."""

BRACKETED = re.compile(r"\s*\[\s*[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'’ -]{2,40}\]\s*")
"""A line that is one label in capitals, the place of a link: "[RAPPORT]"."""

SENTENCE_END = ".!?…"
_CLOSING = "\"'”’»)]"
_ACCENTS = re.compile("[\u0300-\u036f]")
_MAX_PHRASE_CHARS = 50
_TERMINAL = tuple(SENTENCE_END + ":;")
_READ_MORE_FOLDED = frozenset(READ_MORE)
_BUTTONS_FOLDED = frozenset(BUTTONS)
_LEADS_AWAY = (
    "a lire", "lire", "read", "a voir", "voir aussi", "see also", "also", "don't miss", "do not miss", "a ne pas", "ne manquez",
    "lesen", "lesetipp", "auch interessant", "lee", "lea", "leggi", "leia", "lees", "ver tambien", "veja", "vedi", "bekijk",
)  # fmt: skip
_SEPARATOR = re.compile(r"\s*(?:[:>»→|]+|[–—-]+ )\s*")
_ALSO = re.compile(r"\s*((?:\w+ ){1,3}?(?:aussi|également|also|auch|también|também|anche|ook))\s+[«“\"A-ZÀ-ÖØ-Þ]", re.I)
_TAIL = re.compile(r"(?<=[.!?…\"”»'’])\s*([A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'’ ]{4,30}?)\s*:?\s*$")


def fold(text: str) -> str:
    """Lower case without accents and curly apostrophes, surrounding space gone."""
    plain = text.casefold().replace("’", "'")
    return plain.strip() if plain.isascii() else _ACCENTS.sub("", unicodedata.normalize("NFKD", plain)).strip()


def ends_sentence(line: str) -> bool:
    """Whether a line closes like a sentence, a lead-in or a quotation, not like a heading or a label."""
    bare = line.rstrip()
    return bare.rstrip(_CLOSING + " \u00a0").endswith(_TERMINAL) or bare.endswith(("»", "”", '"'))


def is_read_more(line: str) -> bool:
    """A read-more heading by itself ("Lire aussi :") or with what it leads to ("Lire aussi : Le titre")."""
    if is_read_more_heading(line):
        return True
    match = _SEPARATOR.search(line, 0, _MAX_PHRASE_CHARS)
    if match is not None and (phrase := fold(line[: match.start()])) in _READ_MORE_FOLDED:
        # "En savoir plus : le site du ministère." may be the article's own; "Lire aussi : …" never is.
        return phrase.startswith(_LEADS_AWAY) or not ends_sentence(line)
    glued = _ALSO.match(line)  # "À lire aussi La natalité russe menacée d'effondrement"
    return glued is not None and fold(glued.group(1)) in _READ_MORE_FOLDED and not ends_sentence(line)


def is_read_more_heading(line: str) -> bool:
    """A read-more heading with nothing after it, so that the links stand on the lines below."""
    return len(line) <= _MAX_PHRASE_CHARS and fold(line).rstrip(" :>»→") in _READ_MORE_FOLDED


def read_more_tail(line: str) -> int | None:
    """Where a heading in capitals begins that was glued to the end of a sentence
    ("… le 30 janvier.A NE PAS MANQUER :"), or None."""
    match = _TAIL.search(line)
    if match is None or fold(match.group(1)) not in _READ_MORE_FOLDED:
        return None
    return match.start()


def is_button(line: str) -> bool:
    """A word of the page's controls alone on its line."""
    return len(line) <= _MAX_PHRASE_CHARS and fold(line).rstrip(" :>»") in _BUTTONS_FOLDED
