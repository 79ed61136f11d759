"""找过谁: what the speaker already tried, in the literal words of the clause, and what came of it."""

from __future__ import annotations

import re

from intake.extract.text import Mention, clauses

_TRIED = re.compile(
    r"(?:找过?了?|去过?了?|问过?|反映过?|投诉过?|报告?过?|联系过?|跑过?了?|打过?了?|请过?)[一-龥A-Za-z0-9]{0,6}(?:社区|居委会|村委会|村委|村里|村上|派出所|街道|司法所|法院|劳动局|人社局|劳动监察|监察大队|消协|消费者协会|信访|12345|12315|12333|12348|12368|市监局|住建局|物业|妇联|工会|政府|交警|领导|医院|学校|网格员|仲裁委?|律师|调解|局)"
    r"|报过?了?警|报案了?|打过?了?(?:110|12345|12315|12333|12348|热线)|(?:协商|商量|沟通|谈|调解|调|私了|说和|劝)(?:过|了)(?:[一二两三四五六七八九十几好\d]+[次回趟])?|(?:要|催|找)(?:过|了)(?:他|她|老板|对方|公司)?(?:[一二两三四五六七八九十几好多\d]+[次回趟])"
    r"|申请过?了?(?:劳动)?仲裁|起诉过?了|上过?法院|(?:社区|派出所|村委会|村里|街道|交警|警察|民警|物业|劳动局|妇联|网格员|司法所)[一-龥]{0,6}(?:来过|调过|调解过|来了|调了|劝过|说过|管过|出过警|去了)|调解(?:没成|不成|失败|未果|无果)|协商(?:未果|无果|不成)|多次(?:协商|沟通|催要|讨要|联系|反映|交涉|找)"
)
_NOT = re.compile(
    r"(?:没|没有|还没|未|不想|不敢|想|准备|打算|要不要|该不该|能不能|可以|是不是|怎么|去哪|准备去|别|不|如何|要|应该|得)(?:去|先|再|让|找|来)?$"
)


def tried(text: str) -> list[Mention]:
    """Each attempt as a clause; “没报警”, “想报警” are none."""
    found = []
    for start, end in clauses(text):
        match = _TRIED.search(text, start, end)
        if match and not _NOT.search(text[start : match.start()]):
            found.append(Mention(start, end, text[start:end], 0.8))
    return found
