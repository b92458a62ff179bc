"""What is mended in the text of a feed before a parser sees it."""

import pytest

from transforms.feed_repairs import mended

TEXTS = {
    "bare ampersand": ("R&D, P&O : M& A", "R&amp;D, P&amp;O : M&amp; A"),
    "ampersand in an address": ("<link>/x?a=1&copy=2</link>", "<link>/x?a=1&amp;copy=2</link>"),
    "references of XML": ("&lt;p&gt; &amp; &quot;&apos; &#60; &#x26;", "&lt;p&gt; &amp; &quot;&apos; &#60; &#x26;"),
    "names of HTML": ("&eacute;&nbsp;&rsquo;", "é\xa0\u2019"),
    "name that would be markup": ("&LT;&AMP;", "&amp;LT;&amp;AMP;"),
    "unknown name": ("&truc;", "&amp;truc;"),
    "pair of surrogates": ("&#xD83D;&#xDE00; &#55357;&#56832;", "\U0001f600 \U0001f600"),
    "half a pair": ("a&#xD800;b", "a\ufffdb"),
    "windows-1252 by number": ("l&#146;&#xE9;t&#233;", "l\u2019été"),
    "no character": ("a&#0;b&#8;c&#xFFFFFFF;d", "a\ufffdbc\ufffdd"),
    "CDATA": ("<![CDATA[R&D &nbsp;]]> & co", "<![CDATA[R&D &nbsp;]]> &amp; co"),
    "open CDATA": ("<![CDATA[R&D", "<![CDATA[R&D"),
    "comment": ("<!-- R&D --> & co", "<!-- R&D --> &amp; co"),
    "entities of its own": ("<!DOCTYPE r [<!ENTITY a 'b'>]>&a; R&D", "<!DOCTYPE r [<!ENTITY a 'b'>]>&a; R&amp;D"),
    "control in a word": ("vo\x01té", "voté"),
    "control in a tag": ("<a>b</a\x1fc>", "<a>b</a c>"),
    "declaration": ('\ufeff<?xml version="1.0" encoding="klingon"?>\n<rss/>', "<rss/>"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_mended__text__is_what_was_meant(name):
    written, meant = TEXTS[name]
    assert mended(written) == meant
