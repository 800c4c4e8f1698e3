"""Write `dashboards/` anew from its parts: `python -m tests.dashboards`."""

from tests.dashboards.generated import files
from tests.parts.checkout import HOME

if __name__ == "__main__":
    for name, text in files().items():
        (HOME / "dashboards" / name).write_text(text)
