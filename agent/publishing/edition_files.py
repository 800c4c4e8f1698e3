"""The files of a report by the names that they have where they are kept, and outside."""

PAGE, PUBLIC_PAGE, DAYS, EVIDENCE = "report.html", "public.html", "days.csv", "evidence.zip"
FIGURES = "figures.json"
# Translations of the pages of the same edition, kept with it: what was published is never made anew.
ENGLISH_PAGE, ENGLISH_PUBLIC_PAGE = "report-en.html", "public-en.html"

_ENDINGS = {
    PAGE: ".html",
    PUBLIC_PAGE: "-public.html",
    ENGLISH_PAGE: "-en.html",
    ENGLISH_PUBLIC_PAGE: "-en-public.html",
    DAYS: ".csv",
    FIGURES: "-figures.json",
    EVIDENCE: "-evidence.zip",
}


def pdf_of(page: str) -> str:
    """Return the name of a page's PDF."""
    return f"{page.removesuffix('.html')}.pdf"


def outside_name(beneficiary: str, quarter: object, name: str) -> str:
    """Return the name that a kept file is handed out by, a page's PDF included; None of them has another's."""
    page = f"{name.removesuffix('.pdf')}.html" if name.endswith(".pdf") else name
    ending = _ENDINGS[page]
    return f"beffroi-{beneficiary}-{quarter}{ending if page == name else pdf_of(ending)}"
