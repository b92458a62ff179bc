"""Join the trained parts to the pipeline that ships, and write its meta.json.

python -m training.assemble training/models language/fr_depeche
"""

import sys
from pathlib import Path

import spacy

VERSION = "0.1.0"

SOURCES = [
    {
        "name": "WiNER-fr (French Wikinews 2016-2018, brat annotation)",
        "license": "texts CC BY 2.5, annotations CC BY 4.0",
        "author": "Yoann Dupont, TALN 2019",
    },
    {"name": "UD French Sequoia", "license": "LGPL-LR", "author": "Universal Dependencies contributors"},
    {"name": "UD French GSD (dev)", "license": "CC BY-SA 4.0", "author": "Universal Dependencies contributors"},
    {"name": "UD French PUD", "license": "CC BY-SA 3.0", "author": "Universal Dependencies contributors"},
    {"name": "UD French FQB", "license": "LGPL-LR", "author": "Universal Dependencies contributors"},
]


def main(models: Path, output: Path) -> None:
    nlp = spacy.load(models / "syntax/model-best")
    ner = spacy.load(models / "ner/model-best")
    nlp.add_pipe("ner", source=ner, name="ner", first=True)  # behind the parser, no name could cross its sentences
    nlp.meta.update(
        name="depeche",
        version=VERSION,
        description="French news: parts of speech, morphology, dependencies, lemmas, named entities",
        author="Dépêche contributors",
        license="LGPL-LR and CC BY-SA 4.0, by its sources",
        sources=SOURCES,
    )
    nlp.meta["performance"] = {}  # `training.evaluate --write` fills it
    nlp.to_disk(output, exclude=["vectors"])
    size = sum(path.stat().st_size for path in output.rglob("*") if path.is_file())
    print(f"{output}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
