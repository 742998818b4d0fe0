"""Start transmittal; a machine without the font of the cover sheet is told so before anything is sealed."""

import sys

from chassis.run import main

from transmittal import typesetting
from transmittal.handlers import SERVICE

if __name__ == "__main__":
    try:
        typesetting.fonts()
    except typesetting.FontMissing as missing:
        sys.exit(f"transmittal: {missing}")
    main(SERVICE)
