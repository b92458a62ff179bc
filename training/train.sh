#!/usr/bin/env bash
# The whole recipe: from the annotated corpora to the pipeline that ships. Run in the project's folder:
#
#     training/train.sh [DATA] [OUTPUT]        default: ../shared/data language/fr_depeche
#
# About 90 minutes on one core. Parts that exist are made again; nothing is downloaded.
set -euo pipefail

data=${1:-../shared/data}
output=${2:-language/fr_depeche}
corpus=training/corpus
models=training/models
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1  # two small threads are slower than one

python -m training.corpora "$data" "$corpus"
python -m spacy train training/configs/syntax.cfg --output "$models/syntax"
python -m spacy train training/configs/ner.cfg --output "$models/ner"
python -m training.assemble "$models" "$output"
python -m training.evaluate "$output" --data "$data" --write
