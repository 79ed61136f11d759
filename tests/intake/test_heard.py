"""What the story said already is not asked again: the listed ways of saying it, and the traps that must stay questions."""

from __future__ import annotations

import pytest

from tests.intake.talk import known
from tests.intake.test_inference import told


def inferred(story: str, dispute_type: str, subtype: str, slot: str) -> object:
    state = told(story, dispute_type, subtype)
    return state.fields[slot].value if slot in state.fields else None


@pytest.mark.parametrize(
    ("story", "value"),
    [
        ("我想离婚，他不同意，我们已经分开住一年了", "one_two"),
        ("分居都三年了他还拖着", "over2"),
        ("分居五个月了，孩子跟我", "under1"),
        ("天天吵，可是还住一起，孩子看着难受", "together"),
        ("我们结婚五年了，想离", None),
        ("要是分开他肯定不给抚养费", None),
        ("法律上要分居多久才能离", None),
    ],
)
def test_divorce_hears_whether_they_live_together(story: str, value: str | None) -> None:
    assert inferred(story, "HY", "HY01", "separated") == value


@pytest.mark.parametrize(
    ("story", "value"),
    [
        ("老板欠我三个月工资，我上个月已经辞职了", "no"),
        ("活干完了钱不给", "no"),
        ("我还在厂里上班，就是两个月没发钱", "yes"),
        ("工地停工等着，工资也没结", "suspended"),
        ("想辞职又怕钱要不回来", None),
        ("欠薪三个月", None),
    ],
)
def test_wages_hear_whether_they_still_work_there(story: str, value: str | None) -> None:
    assert inferred(story, "LD", "LD01", "still_employed") == value


@pytest.mark.parametrize(
    ("story", "value"),
    [
        ("在白碱滩的宏远饭店当厨师，老板不发工资", "shop"),
        ("我在一家电子厂上班，三个月没发钱", "company"),
        ("在工地扛钢筋，包工头跑了", "site"),
        ("在井队干了半年没见钱", "oilfield"),
        ("老板欠我一万一", None),
        ("我在工地旁边的饭馆洗碗没给钱", "shop"),
    ],
)
def test_wages_hear_where_the_work_was(story: str, value: str | None) -> None:
    assert inferred(story, "LD", "LD01", "worksite") == value


SAID = [
    ("我们还睡一个屋，可一句话不说，想离婚", "HY", "HY01", "separated", "together"),
    ("我搬出来半年了，他不同意离", "HY", "HY01", "separated", "under1"),
    ("离婚吧，孩子才十个月", "HY", "HY01", "children", "under2"),
    ("想离，女儿五岁了", "HY", "HY01", "children", "under8"),
    ("儿子今年十二岁，她不让我看", "HY", "HY04", "children", "over8"),
    ("两个孩子都小，他要离", "HY", "HY01", "children", "several"),
    ("结婚三年没孩子，过不下去了", "HY", "HY01", "children", "none"),
    ("孩子一直跟着我过，他抚养费不给", "HY", "HY04", "child_with", "me"),
    ("他把儿子藏起来了，我见不着", "HY", "HY04", "child_with", "hidden"),
    ("离婚两年了才知道他藏了钱", "HY", "HY02", "marriage_state", "divorced"),
    ("订了婚没领证，彩礼不退", "HY", "HY03", "registered_married", "no"),
    ("同居了八个月就分了，彩礼怎么退", "HY", "HY03", "lived_together", "short"),
    ("我妈瘫在床上，哥哥不管", "HY", "HY05", "elder_condition", "bedridden"),
    ("我爸没留下遗嘱，房子怎么分", "HY", "HY06", "will_exists", "none"),
    ("老太太在公证处立了遗嘱，弟弟不认", "HY", "HY06", "will_exists", "notarised"),
    ("他昨晚又打我", "HY", "HY08", "violence_last", "week"),
    ("工伤认定还没下来，单位不付药费", "LD", "LD02", "injury_status", "applied"),
    ("评了九级，公司不赔", "LD", "LD02", "injury_status", "graded"),
    ("公司没给我报工伤", "LD", "LD02", "injury_status", "none"),
    ("单位一直没给我交社保", "LD", "LD05", "employer_insured", "no"),
    ("公司按最低基数交的社保", "LD", "LD05", "employer_insured", "partial"),
    ("老板把我开除了，一分钱没补", "LD", "LD03", "dismissal_way", "fired"),
    ("人事逼我写辞职，不写就调岗", "LD", "LD03", "dismissal_way", "forced"),
    ("合同到期不续，补偿也没有", "LD", "LD03", "dismissal_way", "expired"),
    ("干了八个月没签劳动合同", "LD", "LD04", "contract_form", "none"),
    ("干了八个月，没签合同，口头说好一月五千", "LD", "LD04", "contract_form", "verbal"),
    ("他打了欠条，到现在不还", "JD", "JD01", "loan_proof", "iou"),
    ("微信转给他两万，没打借条", "JD", "JD01", "loan_proof", "transfer"),
    ("信用卡逾期四个月，天天睡不着", "JD", "JD03", "overdue", "long"),
    ("催收爆我通讯录", "JD", "JD03", "collection", "contacts"),
    ("买的重疾险，医院花了八万不给报", "JD", "JD05", "policy_kind", "health"),
    ("经理当时说保本，现在亏了一半", "JD", "JD06", "promised_return", "principal"),
    ("交警认定他全责，就是不赔", "JT", "JT01", "traffic_ruling", "other_full"),
    ("责任还没定，他就不露面了", "JT", "JT01", "traffic_ruling", "none"),
    ("被电动车撞了，住院十天", "JT", "JT03", "injury", "hospital"),
    ("我搭同事的顺风车出了车祸", "JT", "JT05", "ride_kind", "free"),
    ("房东把锁换了，东西还在里头", "FW", "FW01", "eviction", "locked"),
    ("我上个月搬走的，押金不退", "FW", "FW01", "eviction", "moved"),
    ("开发商逾期交房一年多", "FW", "FW03", "house_trouble", "late"),
    ("住了四年房产证一直办不下来", "FW", "FW03", "house_trouble", "title"),
    ("收据上写的是订金，老板不退", "HT", "HT06", "deposit_word", "order"),
    ("转错账了，对方不还", "HT", "HT07", "thing_or_money", "wrong"),
    ("天然气公司乱收费", "HT", "HT08", "utility_service", "gas"),
    ("物业把我家电给掐了，说欠物业费", "WY", "WY06", "utility_cut", "power"),
    ("我们三十多户都冷，物业不管", "WY", "WY06", "owners_affected", "many"),
    ("楼上到现在还在漏水，顶棚都塌了", "LL", "LL02", "still_leaking", "yes"),
    ("公共管道裂了，水泡了我家", "LL", "LL02", "pipe_owner", "public"),
    ("他的车堵住我家门口，三轮车出不去", "LL", "LL03", "obstruction", "passage"),
    ("狗没拴绳，把我妈咬了", "SH", "SH02", "pet_vaccine", "no"),
    ("在澡堂滑倒摔断了尾椎", "SH", "SH04", "place_kind", "bath"),
    ("挖掘机把我家院墙碰坏了", "SH", "SH06", "caused_by", "builder"),
    ("导游带我们去的玉器店，买的是玻璃", "LY", "LY03", "shop_by_guide", "guide"),
    ("不买不让上车，一车人都掏钱了", "LY", "LY03", "shop_by_guide", "forced"),
    ("我们明天一早的飞机，门票不退", "LY", "LY02", "leaving_when", "soon"),
    ("健身房跑路了，卡里还有三千", "XF", "XF02", "shop_contacted", "gone"),
    ("吃了他家凉皮去医院输液了", "XF", "XF04", "injury", "hospital"),
    ("儿子九岁，在操场摔断了胳膊", "XY", "XY01", "student_age", "under16"),
    ("孙女在幼儿园中班被抓破了脸", "XY", "XY05", "student_age", "under8"),
    ("我闺女经常被欺负，老师说闹着玩", "XY", "XY02", "bullying_repeat", "often"),
    ("我妈做完手术人就不清醒了", "YL", "YL01", "patient_is", "parent"),
    ("医院不给病历，推了三回", "YL", "YL01", "medical_records_sealed", "refused"),
    ("补偿协议我一直没签", "ZD", "ZD01", "agreement_signed", "refused"),
    ("他家羊进了连队的地，吃了我的苗", "TD", "TD02", "land_manager", "corps"),
    ("房子登记在我爸名下，补偿款哥哥全拿了", "ZD", "ZD04", "house_registered", "parents"),
    ("他把我家三棵杨树都砍了", "TD", "TD05", "tree_matter", "felled"),
    ("视频现在还挂着，好几万人看了", "WL", "WL01", "content_still_up", "up"),
    ("孩子拿奶奶手机充了四千", "WL", "WL04", "who_paid", "parent"),
    ("平台把我账号封了，申诉没人理", "WL", "WL06", "platform_penalty", "ban"),
    ("法院判了，他不给钱，我去申请强制执行", "XZ", "XZ04", "case_stage", "enforce"),
    ("想申请法律援助，要带什么", "XZ", "XZ06", "legal_need", "aid"),
    ("业务员离职后把客户都拉走了，没签竞业", "ZS", "ZS04", "secrecy_paper", "none"),
    ("井场管线压了我家的棉花地", "YD", "YD01", "person_role", "farmer"),
]

TRAPS = [
    ("听说分居两年就能自动离婚，是真的吗", "HY", "HY01", "separated"),
    ("我搬出来住了五个月前的事不提了，现在想离", "HY", "HY01", "separated"),
    ("孩子两岁的时候他就出去打工了，想离", "HY", "HY01", "children"),
    ("没有孩子他妈拦着早离了", "HY", "HY01", "children"),
    ("两个孩子都成家了，老了还要离", "HY", "HY01", "children"),
    ("孩子跟我说想爸爸，抚养费他不给", "HY", "HY04", "child_with"),
    ("怕他把孩子藏起来，怎么办", "HY", "HY04", "child_with"),
    ("法院判孩子跟我，他不给抚养费", "HY", "HY04", "child_with"),
    ("离婚后房子怎么算，想先问问", "HY", "HY02", "marriage_state"),
    ("他前妻来要钱，跟我们的财产有关系吗", "HY", "HY02", "marriage_state"),
    ("说好领了证才给三金，婚事黄了", "HY", "HY03", "registered_married"),
    ("我婆婆怕以后瘫了没人管，几个儿子推来推去", "HY", "HY05", "elder_condition"),
    ("遗嘱没公证过，算数吗", "HY", "HY06", "will_exists"),
    ("怕他今天打我，以前有过", "HY", "HY08", "violence_last"),
    ("要是我不干了，工资还能要回来吗", "LD", "LD01", "still_employed"),
    ("别人还在上班，我的钱没给", "LD", "LD01", "still_employed"),
    ("怕被辞退，不敢开口要加班费", "LD", "LD06", "still_employed"),
    ("能不能认定为工伤啊，上班路上摔的", "LD", "LD02", "injury_status"),
    ("社保没交够十五年，单位不管", "LD", "LD05", "employer_insured"),
    ("公司要把我辞退，还没谈", "LD", "LD03", "dismissal_way"),
    ("他非说是我主动提的辞职，不给补偿", "LD", "LD03", "dismissal_way"),
    ("同事签了合同，轮到我就没签合同", "LD", "LD04", "contract_form"),
    ("没打借条，就是熟人", "JD", "JD01", "loan_proof"),
    ("他们说要上门催", "JD", "JD03", "collection"),
    ("怕被起诉，欠着信用卡", "JD", "JD03", "overdue"),
    ("没写保本，也没说清楚收益", "JD", "JD06", "promised_return"),
    ("凭什么说我全责，我没闯灯", "JT", "JT01", "traffic_ruling"),
    ("上班路上他全责也能算工伤吗", "JT", "JT01", "traffic_ruling"),
    ("医生让住院，我没住院，先回家了", "JT", "JT01", "injury"),
    ("我的羊被大车撞死了", "JT", "JT06", "injury"),
    ("房东说再不交就换锁", "FW", "FW01", "eviction"),
    ("交了一千定金，店家不退", "HT", "HT06", "deposit_word"),
    ("老板娘说是我反悔了，定金不退", "HT", "HT06", "deal_broken_by"),
    ("物业说要停电，吓唬人", "WY", "WY06", "utility_cut"),
    ("停电费单子看不懂", "WY", "WY01", "utility_cut"),
    ("下雨他家会不会漏还不知道，先问问", "LL", "LL02", "still_leaking"),
    ("没有找到生产日期，店里的东西怕是假的", "XF", "XF01", "shop_contacted"),
    ("孩子三岁的时候上的这个幼小班，现在被同学打", "XY", "XY02", "student_age"),
    ("儿媳妇生孩子大出血，医院没说清楚", "YL", "YL01", "patient_is"),
    ("我和前妻的离婚案下个月开庭，房子怎么分", "HY", "HY02", "marriage_state"),
    ("封存病历要怎么弄", "YL", "YL01", "medical_records_sealed"),
    ("要是签了协议后悔怎么办", "ZD", "ZD01", "agreement_signed"),
    ("他说要砍我家的树", "TD", "TD05", "tree_matter"),
    ("截图没删，证据我留着呢，怎么让他道歉", "WL", "WL02", "content_still_up"),
    ("我公司未经品牌授权，门头被投诉", "ZS", "ZS02", "right_proof"),
]


@pytest.mark.parametrize(("story", "dispute_type", "subtype", "slot", "value"), SAID)
def test_what_was_said_is_not_asked(story: str, dispute_type: str, subtype: str, slot: str, value: str) -> None:
    assert inferred(story, dispute_type, subtype, slot) == value


@pytest.mark.parametrize(("story", "dispute_type", "subtype", "slot"), TRAPS)
def test_what_was_only_feared_asked_denied_or_long_ago_stays_a_question(story: str, dispute_type: str, subtype: str, slot: str) -> None:
    """Hypothetical, negated, about somebody else or another time: asking is better than guessing wrong."""
    assert any(question.slot == slot and question.kind == "choice" for question in known().questions_for(dispute_type, subtype))
    assert inferred(story, dispute_type, subtype, slot) is None


@pytest.mark.parametrize(
    ("story", "dispute_type", "subtype", "slot"),
    [
        ("别人还在干，就我的工资没发", "LD", "LD01", "still_employed"),
        ("交了定金，老板娘说是我不想要了", "HT", "HT06", "deal_broken_by"),
        ("被开了，他非说我自己提的", "LD", "LD03", "dismissal_way"),
    ],
)
def test_a_title_in_hearsay_or_a_question_is_no_answer(story: str, dispute_type: str, subtype: str, slot: str) -> None:
    """Where ways of saying it are listed, the bare title counts for nothing."""
    assert inferred(story, dispute_type, subtype, slot) is None
