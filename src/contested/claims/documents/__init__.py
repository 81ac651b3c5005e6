"""Files → texts, one reader a format.

========================  ==========================================================================================
``items``                 what stands between a file and a document, and the limits on unpacking
``archives``              a folder or an archive → its items; ``web_archives`` of WARC and WACZ
``content``               what every reader gives, and the limits that hold for all
``formats``               any format, by the end of its name
``web_pages``             HTML (``page_visibility``, ``page_quotations``); ``mail`` saved mail
``pdf_process``           PDF in a process of its own: ``pdf_text``, ``pdf_columns``
``word_files``            Word
``language``              the language of a text
========================  ==========================================================================================
"""
