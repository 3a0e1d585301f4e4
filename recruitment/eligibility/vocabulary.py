"""The words of the facts: codes used in code and files, what people read, and what files may also say."""

from collections.abc import Mapping
from typing import Final

from recruitment.words import Words

# Order of the levels of education; senior high and secondary vocational are equal (Letter, part 3(2)).
EDUCATION_RANK: Final[Mapping[str, int]] = {
    "primary": 0,
    "junior_middle": 1,
    "senior_high": 2,
    "secondary_vocational": 2,
    "junior_college": 3,
    "bachelor": 4,
    "master": 5,
    "doctorate": 6,
}
EDUCATION_WORDS: Final[Mapping[str, Words]] = {
    "primary": Words("小学"),
    "junior_middle": Words("初中"),
    "senior_high": Words("高中"),
    "secondary_vocational": Words("中专"),
    "junior_college": Words("大专"),
    "bachelor": Words("本科"),
    "master": Words("硕士"),
    "doctorate": Words("博士"),
}
POST_WORDS: Final[Mapping[str, Words]] = {
    "party_secretary": Words("党组织书记"),
    "committee_director": Words("村（居）委会主任"),
    "first_secretary": Words("驻村第一书记"),
    "deputy_secretary": Words("党组织副书记"),
    "deputy_director": Words("村（居）委会副主任"),
    "committee_member": Words("“两委”委员"),
    "other": Words("其他岗位"),
}
APPRAISAL_RANK: Final[Mapping[str, int]] = {"incompetent": 0, "basic": 1, "competent": 2, "excellent": 3}
APPRAISAL_WORDS: Final[Mapping[str, Words]] = {
    "incompetent": Words("不称职"),
    "basic": Words("基本称职"),
    "competent": Words("称职"),
    "excellent": Words("优秀"),
}
DECLARATIONS: Final[Mapping[str, Words]] = {
    "criminal_record": Words("因犯罪受过刑事处罚"),
    "expelled_from_party": Words("被开除中国共产党党籍"),
    "dismissed_from_office": Words("被开除公职"),
    "joint_discipline": Words("被依法列为失信联合惩戒对象"),
    "active_soldier": Words("现役军人"),
    "full_time_student": Words("全日制在读学生"),
    "civil_servant_on_probation": Words("试用期内的公务员"),
    "under_sanction": Words("在处分影响期内"),
    "grave_incident": Words("任职期间所在村（社区）发生重大事件"),
    "seconded": Words("机关、事业单位下派人员"),
    "discharged_civil_servant": Words("被辞退未满五年的公务员"),
    "exam_barred": Words("因考试违纪违规在禁考期内"),
    "relative_in_organ": Words("与招录机关有关人员有应回避的亲属关系"),
}
SEXES: Final[Mapping[str, Words]] = {"male": Words("男"), "female": Words("女")}

_EDUCATION_ALIASES: Final = {word: key for key, word in EDUCATION_WORDS.items()} | {
    "职高": "secondary_vocational",
    "技校": "secondary_vocational",
    "高职": "junior_college",
    "专科": "junior_college",
    "大学专科": "junior_college",
    "大学本科": "bachelor",
}
_POST_ALIASES: Final = {word: key for key, word in POST_WORDS.items()} | {
    "stationed_first_secretary": "first_secretary",
    "村委会主任": "committee_director",
    "居委会主任": "committee_director",
    "村党组织书记": "party_secretary",
    "社区党组织书记": "party_secretary",
    "第一书记": "first_secretary",
}
_APPRAISAL_ALIASES: Final = {word: key for key, word in APPRAISAL_WORDS.items()} | {
    "合格": "competent",
    "基本合格": "basic",
    "不合格": "incompetent",
}
# Everything that an input file may say, by the name used here.
EDUCATION: Final = {k: k for k in EDUCATION_RANK} | _EDUCATION_ALIASES
POSTS: Final = (
    {k: k for k in POST_WORDS}
    | _POST_ALIASES
    # As typed with brackets of the other width.
    | {word.replace("（", "(").replace("）", ")"): key for word, key in _POST_ALIASES.items()}
)
APPRAISALS: Final = {k: k for k in APPRAISAL_RANK} | _APPRAISAL_ALIASES
