"""What a message does in the conversation: the model's intent, overruled where the words leave no doubt."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum

from intake.references import case_reference
from intake.state import IntakeState, Stage


class Move(str, Enum):
    """Intents the dialogue tells apart (nlu_data/INTENTS.md), public and finer ones."""

    DESCRIBE = "describe_dispute"
    INFORM = "inform"
    AFFIRM = "affirm"
    DENY = "deny"
    CORRECT = "correct"
    GREET = "greet"
    GOODBYE = "goodbye"
    THANKS = "thanks"
    STATUS = "ask_status"
    LAW = "ask_law"
    PROCESS = "ask_process"
    HUMAN = "ask_human"
    BOT = "ask_bot"
    CANCEL = "cancel"
    RESTART = "restart"
    SKIP = "skip"
    WITHDRAW = "withdraw_case"
    URGE = "urge_case"
    EVIDENCE = "upload_evidence"
    APPOINTMENT = "appointment"
    COMPLAIN = "complain_service"
    OUT_OF_SCOPE = "out_of_scope"
    CHITCHAT = "chitchat"
    CRISIS = "crisis"
    WHY = "ask_why"
    PRIVACY = "ask_privacy"
    REPEAT = "repeat"
    COST = "ask_cost"
    BRING = "ask_evidence"
    DURATION = "ask_duration"
    WHERE = "ask_place"
    LANGUAGE = "ask_language"
    EFFECT = "ask_effect"
    RESUME = "resume"
    WAIT = "wait"
    DISTRESS = "distress"
    UNDO = "undo"
    INSULT = "insult"
    REFUSES = "refuse_mediation"
    FOR_OTHER = "speak_for_other"
    GROUP = "group_report"
    CHILD = "child_alone"
    OTHER_LANGUAGE = "other_language"
    GARBAGE = "garbage"
    UNKNOWN = "unknown"


# Answered by themselves, after which the open question is put again.
INTERRUPTIONS = frozenset(
    {
        Move.GREET, Move.GOODBYE, Move.THANKS, Move.STATUS, Move.LAW, Move.PROCESS, Move.BOT, Move.WITHDRAW, Move.URGE, Move.EVIDENCE,
        Move.COMPLAIN, Move.OUT_OF_SCOPE, Move.CHITCHAT, Move.WHY, Move.PRIVACY, Move.REPEAT, Move.COST, Move.BRING, Move.DURATION,
        Move.WHERE, Move.LANGUAGE, Move.EFFECT, Move.WAIT, Move.DISTRESS, Move.INSULT, Move.OTHER_LANGUAGE, Move.GARBAGE, Move.RESUME,
    }
)  # fmt: skip
# Would lose or stop something: only when the model is sure and the message is short.
HEAVY = frozenset({Move.CANCEL, Move.RESTART, Move.WITHDRAW, Move.UNDO, Move.HUMAN, Move.CRISIS})
HEAVY_SURE, SURE, LONG = 0.6, 0.45, 40

_TAIL = re.compile(r"[\s，。,.！!？?~～…、；;：:]+$")
_CERTAIN: tuple[tuple[Move, str], ...] = (
    (Move.HUMAN, r"^(?!.*(不|别|没).{0,3}(转|要|用|找)|.*(是|有)(真人|活人|人工)|.*(智能|智障)).{0,6}(转|找|接|换|要|叫|来个?)?(一?下|个)?(人工|真人|活人)(客服|坐席|服务|台)?.{0,4}$"),
    (Move.HUMAN, r"^(?!.*(不用|不要|别|不想)(给我|帮我|再|先)?转).{0,30}转(到|接|一下)?人工.{0,12}$"),
    (Move.SKIP, r"^(跳过?(这个|这题|吧|它)?|下一[个题项]|pass|过+|不留名|匿名|无名氏|略过?|next|(这个|我|真的?|也)*(不知道|不晓得|不清楚|不记得|记不(清楚?|得|住|起来)|想不起来)了?"
                r"|(这个|我)*(不想|不愿意?|不方便|不便|不好)(说|讲|提|透露|填|留|给)(这个)?|不方便了?|不说了?|不填(这个)?|不留|保密|说不(清|好|准|上来)|忘了?"
                r"|先?空着|没数|没个数|问别的(吧)?|换个问题)(吧|呢|啊|呀|哈)?$"),
    (Move.GREET, r"^(喂+[，, ]?)?((你|您)(们)?好(呀|啊|哦)?|在(吗|不在?)|有人(吗|在吗)|hello|hi|哈喽|喂+|早(啊|上好)|(早上|上午|中午|下午|晚上)好)$"),
    (Move.THANKS, r"^((太|非常|多)?谢(谢|了|啦)(啊|你们?|您|您了)?|感谢(你们?|您)?|辛苦(了|你了|您了))(啊|啦|了)?$"),
    (Move.WHY, r"^(?!.*(吗|法律|合法)).{0,6}(为什么|为啥|为何|干嘛|干啥|凭啥|凭什么)(要|非要|得|总|老)?(问|要|知道|填|留|打听|记).{0,10}$"),
    (Move.WHY, r"^(你们?)?(问|要|打听|知道)(我的?)?(这个|这些|这么(细|多)|电话|名字|号码?|地址|哪天|金额|钱)?(是?(干|做)(啥|嘛|什么)|有(啥|什么|何)用)(用的?|呀|啊)?$"),
    (Move.CANCEL, r"^(取消(登记|吧|了)?|退出(登记|吧|了)?|(我)?不(登记|报|弄|办|填|搞)了(吧)?|(那|我)?(就)?算了(，| )?(吧)?(先?不(弄|报|办|填|登记|搞)了?)?|先?不(弄|办|填)了?(吧)?|停(下|止)?(登记|吧)?|quit)$"),
    (Move.RESTART, r"^(重新(开始|来过?|填|登记|说)|从头(再)?(来|开始|说|填)|重(来|填|说)|清空重(来|填))(吧|一遍|一下)?$"),
    (Move.UNDO, r"^(撤回|撤销|退回|返回|回到)(一下)?(上一?[条步个句题]|刚才(那?[条句个步])?的?)(吧)?$|^(刚才|上面|前面)(那?[条句个]|说的|的)?(不算|作废|按错了|点错了|发错了)(了)?$|^(按错|点错|发错|手滑)了?$|^上一步$"),
    (Move.REPEAT, r"^(你|我|这(是|个)?|刚才)*(再说一(遍|次)|没听清(楚)?|没看(懂|清|明白)|没听(懂|明白)|(什么|啥)意思|你说(啥|什么)|你(刚才)?问(的)?(啥|什么)(来着)?)(吗|呀|啊)?$"),
    (Move.WAIT, r"^(你)?(先)?(等(一下|一会儿?|等|会儿?|下)|稍等(一?下)?|别急|不急)(哈|啊|吧)?(我.{0,8})?$"),
    (Move.RESUME, r"^(我(想|要))?(继续|接着)(吧|登记|填|办|来|说|弄)?(刚才|上次|之前|前面)?(的|那个|没(填|弄|说)完的)?(吧)?$|^(我?回来了|(我要)?开始(登记)?(吧)?|好了?继续)$"),
    (Move.INSULT, r"^(?=.{1,12}$)(?!.*(他|她|骂我|说我))(你(们|这|个|他妈|真|就是|这个)*)?(傻(子|逼|b|x|瓜|叉)|(他)?妈的|滚(蛋|开|吧)?|王八蛋?|白痴|脑残|智障|混蛋|废物|畜生|神经病|垃圾(玩意儿?|机器人?|系统|东西)?|操|艹|去死吧?)(吧|啊|呀|玩意儿?|东西)?$"),
    (Move.OTHER_LANGUAGE, r"^[^\u4e00-\u9fff]*[\u0600-\u06ff\u0400-\u04ff]{3,}[^\u4e00-\u9fff]*$|^(?=(.*[a-z]){12})[a-z0-9 ,.'’!?\-\n]+$"),
)  # fmt: skip
_COMPILED = tuple((move, re.compile(pattern)) for move, pattern in _CERTAIN)
_YES = re.compile(
    r"^(嗯+(呐|哪|啊|嗯)?|对(的|头|啊|呀|着呢|着哩|哩)?|是(的|啊|呀|滴)?|好(的|嘞|啊|呀|滴|吧)?|行(的|啊|吧|呢)?|中|要得|可以(的|啊)?|得行|成|昂|哦|恩+|没错|没问题|同意(了)?"
    r"|愿意|没得问题|ok|yes|y|确认|正确|对对+|是是+|好好+|行行+|嗯嗯+|1|👌|👍|✅|🆗|没毛病|就这样|就是|提交(吧)?|同意开始登记|都对)(，?(对|是|好|行|可以|提交|的|没错|同意))*(吧|了|啦|哈)?$"
)
_NO = re.compile(
    r"^(不(是|对|行|要|用|同意|中|可以|愿意|得行|成)?(的|了|吧)?|没(有|得|啥)?(了|啊|的|呢)?|木有|否|no|n|别|不是的|不是不是|不对不对|没有没有|❌|👎|达咩|拒绝)$"
)
_MEANINGLESS = re.compile(r"^[\W_]*$|^(.)\1{5,}$|^(?=.{6,}$)[bcdfghjklmnpqrstvwxz]+$|^([asdfghjkl;]{5,})$")
_ELSEWHERE = re.compile(r"起诉|诉讼|官司|法院|仲裁|律师|公证|执行费|鉴定费|离婚")
_ASKS = re.compile(
    r"[?？吗么嘛不没]|多少|多钱|几(块|百|千|个)?钱|收费|费用|免费|要(交|花|收|出|给)?钱|花钱|掏钱|怎么收|谁(出|交|付|掏)|(收|给|交|花|付)(不|没)"
)
_ASKS_WHERE = re.compile(r"[?？]|哪|吗|地址|位置|地点|地方|怎么(走|去|过)|咋(走|去)|上门|跑")
_THANKS = re.compile(r"^[🙏❤️🌹💐\s]+$")


def plain(text: str) -> str:
    """For comparisons only: half-width, lower case, without closing punctuation; the resident's words are kept elsewhere."""
    return _TAIL.sub("", unicodedata.normalize("NFKC", text).strip().lower())


def is_yes(text: str) -> bool:
    """A bare yes: 嗯呐, 对头, 1, 👌."""
    return bool(_YES.match(re.sub(r"[\s，,。.!！]+", "", plain(text))))


def is_no(text: str) -> bool:
    """A bare no: 没得, 不得行, ❌."""
    return bool(_NO.match(re.sub(r"[\s，,。.!！]+", "", plain(text))))


def certain(text: str) -> Move | None:
    """The move when the words leave no doubt, whatever the model says."""
    words = plain(text)
    if _THANKS.match(words):
        return Move.THANKS
    if is_yes(text):
        return Move.AFFIRM
    if is_no(text):
        return Move.DENY
    for move, pattern in _COMPILED:
        if pattern.match(words):
            return move
    if _MEANINGLESS.match(words):
        return Move.GARBAGE
    return None


def modelled(intent: str | None, probability: float, text: str) -> Move:
    """The model's intent as a move, UNKNOWN when it is not sure enough for what would follow."""
    try:
        move = Move(intent)
    except ValueError:
        return Move.UNKNOWN
    if move in HEAVY and (probability < HEAVY_SURE or len(text) > LONG):
        return Move.UNKNOWN
    if move is Move.COST and _ELSEWHERE.search(text):
        return Move.LAW  # what a court, an arbitration or a lawyer costs is a question of law
    if move is Move.COST and not _ASKS.search(text):
        return Move.UNKNOWN  # “还钱” is a wish, “给两千” an offer; only a question asks what we cost
    if move is Move.WHERE and not _ASKS_WHERE.search(text):
        return Move.UNKNOWN  # “去窗口”, “腿脚不好” answer something else
    return move if probability >= SURE else Move.UNKNOWN


def move_of(state: IntakeState, text: str, intent: str | None, probability: float) -> Move:
    """The move of a message; whether an interruption or an answer wins is decided with the open question."""
    move = certain(text) or modelled(intent, probability, text)
    if case_reference(text)[0] and move not in (Move.WITHDRAW, Move.URGE):
        return Move.STATUS
    if state.stage is Stage.CONFIRMING and move is Move.URGE and not re.search(r"上(一?[单个次件]|回)|之前|以前|老案|前面那", text):
        return Move.AFFIRM  # 快点给我交上去
    if state.stage is Stage.FILED and move in (Move.UNDO, Move.CANCEL):
        return Move.WITHDRAW
    return move
