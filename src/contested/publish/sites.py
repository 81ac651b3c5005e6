"""Words that mark a health, shelter or school site.

In: the name of a place or a title. Out: whether it names such a site. Refuses: nothing; a word list misses names that
say nothing of what they name, and the documentation says so.
"""

from __future__ import annotations

import re

#: English, French, Arabic, Russian and Ukrainian; a word is met at its beginning, whatever its ending.
_SITES = re.compile(
    r"\b(?:hospitals?|clinics?|medical|ambulances?|health|maternity|paramedics?|first[ -]aid|field point|surgical"
    r"|schools?|kindergartens?|universit(?:y|ies)|orphanages?|shelters?|refuges?|safe ?houses?|camps?|idps?"
    r"|h[oô]pita(?:l|ux)|cliniques?|[eé]coles?|abris?"
    r"|больниц|госпитал|клиник|поликлиник|роддом|школ|детск|убежищ|приют"
    r"|лікарн|шпитал|клінік|пологов|сховищ|притул)"
    r"|(?:مشفى|مستشفى|مستوصف|عيادة|طبي|مدرسة|مدارس|روضة|ملجأ|مأوى|مخيم)",
    re.IGNORECASE,
)


def names_site(text: str | None) -> bool:
    """Whether the text names a health, shelter or school site.

    >>> names_site("M10 hospital"), names_site("Masaken Hanano"), names_site(None)
    (True, False, False)
    """
    return text is not None and _SITES.search(text) is not None
