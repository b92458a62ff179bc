"""Package metadata; runners build the source distribution from it and ship it to their workers."""

from pathlib import Path

from setuptools import find_namespace_packages, setup

CORE = [
    "apache-beam>=2.77,<2.78",  # the runner's behaviour is pinned in tests
    "grpcio>=1.71,<2",  # Beam's; a job server is asked for its options, worker processes are told of the next pipeline
    "protobuf>=3.20.3,<7",  # Beam's; its messages as text
    "feedparser>=6.0.12,<7",
    "urllib3>=2.6.3,<3",  # fetching: connections whose address we choose, TLS verified
    "brotli>=1.2,<2",  # the first with a cap on decompressed bytes
    "protego>=0.5,<1",  # robots.txt with wildcards and longest match (RFC 9309); the standard library has neither
    "trafilatura>=2.3.1,<2.4",
    # trafilatura asks for lxml[html_clean]; pip 23.2, which Python 3.11 ships, does not follow that extra.
    "lxml_html_clean>=0.4.2,<0.5",
    "courlan>=1.3.2,<2",
    "htmldate>=1.9.4,<2",
    "lxml>=5.3,<7",
    "charset-normalizer>=3.4,<4",
    "ftfy>=6.3,<7",
    "py3langid>=0.4,<0.5",
    # From 3.8.5 on, spaCy's parser takes Python's lock inside its innermost loops: a third slower annotation, the same
    # results (docs/performance.md). Python 3.13 has wheels from 3.8.7 on, 3.14 from 3.8.10 on.
    "spacy>=3.8.4,<3.8.5; python_version < '3.13'",
    "spacy>=3.8.7,<3.8.8; python_version == '3.13'",
    "spacy>=3.8.18,<3.9; python_version >= '3.14'",
    "click>=8.1,<9; python_version < '3.14'",  # these spaCy releases import it and trust typer to bring it, which it ceased to
    "thinc>=8.3.4,<8.4",  # spaCy's own; it says which library multiplies matrices
    "babel>=2.16,<3",
    "numpy>=2,<3",
    "pydantic>=2.11,<3",
    "pyarrow>=19,<26",
    "zstandard>=0.23,<0.26",
    "warcio>=1.8,<2",
    "tldextract>=5.1,<6",
    "python-dateutil>=2.9,<3",
]

SQL = ["duckdb>=1.3,<3", "pytz"]

# Servers of this machine that speak the protocols of s3:// and gs://, and what Beam needs of its extras aws and gcp to
# talk to them (105 MB instead of 600).
OBJECT_STORES = [
    "boto3>=1.40,<2",
    "moto[s3]>=5,<6",
    "flask>=3,<4",
    "flask-cors>=5,<7",
    "google-cloud-storage>=3,<4",
    "gcp-storage-emulator>=2024.8",
]

DEV = [
    *SQL,
    *OBJECT_STORES,
    "pytest>=9.0,<10",
    "datasketch>=2,<3",  # whose MinHash ours is to be
    "sqlglot>=30,<31",  # parses the tables of engines that no test can start
    "hypothesis>=6.150,<7",
    "ruff==0.17.6",
    "mypy==2.4.1",
    "types-python-dateutil",
]

setup(
    name="depeche",
    version="0.1.0",
    description="News in, tables out: a streaming pipeline from articles and feeds to entities and attributed claims",
    long_description=Path(__file__).with_name("README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    author="Dépêche contributors",
    python_requires=">=3.11",
    packages=find_namespace_packages(include=["schemas*", "language*", "transforms*", "pipeline*"]),
    package_data={"language": ["**/*"]},
    install_requires=CORE,
    extras_require={
        "sql": SQL,
        "gcp": ["apache-beam[gcp]>=2.77,<2.78"],
        "aws": ["apache-beam[aws]>=2.77,<2.78"],
        "dev": DEV,
        "bench": [*SQL],
    },
)
