"""What the Flex Template launcher runs: a template's parameters in, the pipeline's command line out.

A template passes each parameter as ``--name=value`` and knows neither flags nor lists.
"""

import re
import sys
from collections.abc import Iterable, Sequence

from pipeline.cli import main
from pipeline.options import parser

_SEVERAL = ("--input", "--feeds", "--nlp-model")


def command_line(parameters: Iterable[str]) -> list[str]:
    """The pipeline's options for a launcher's: dashes, one value each, and flags that are there or not.

    Everything that is no option of the pipeline's own is Beam's and stays as it is.
    """
    own = {name: action.nargs == 0 for action in parser()._actions for name in action.option_strings}
    found: list[str] = []
    for parameter in parameters:
        name, equals, value = parameter.partition("=")
        option = re.sub("(?<=.)_", "-", name)
        if not equals or option not in own:
            found.append(parameter)
        elif own[option]:
            found += [option] if value == "true" else []
        elif option in _SEVERAL:
            found += [part for one in value.split(",") for part in (option, one)]
        else:
            found.append(f"{option}={value}")
    return found


def run(argv: Sequence[str]) -> int:
    """Make the job; Dataflow runs it."""
    return main(command_line(argv))


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
