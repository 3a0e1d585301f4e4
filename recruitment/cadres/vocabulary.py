"""The words of a dossier: each code of the models with its name on a page."""

from flask_babel import lazy_gettext as _

from recruitment.cadres.models import AppraisalResult, DocumentKind, EducationLevel, Post

POSTS = {
    Post.PARTY_SECRETARY: _("村（社区）党组织书记"),
    Post.COMMITTEE_DIRECTOR: _("村（居）民委员会主任"),
    Post.FIRST_SECRETARY: _("驻村第一书记"),
    Post.DEPUTY_SECRETARY: _("村（社区）党组织副书记"),
    Post.COMMITTEE_MEMBER: _("村（社区）“两委”委员"),
    Post.OTHER: _("其他职务"),
}

EDUCATION_LEVELS = {
    EducationLevel.PRIMARY: _("小学"),
    EducationLevel.JUNIOR_MIDDLE: _("初中"),
    EducationLevel.SENIOR_HIGH: _("高中"),
    EducationLevel.SECONDARY_VOCATIONAL: _("中专（职高、技校）"),
    EducationLevel.JUNIOR_COLLEGE: _("大专"),
    EducationLevel.BACHELOR: _("本科"),
    EducationLevel.MASTER: _("硕士研究生"),
    EducationLevel.DOCTORATE: _("博士研究生"),
}

APPRAISAL_RESULTS = {
    AppraisalResult.EXCELLENT: _("优秀"),
    AppraisalResult.COMPETENT: _("称职（合格）"),
    AppraisalResult.BASIC: _("基本称职"),
    AppraisalResult.INCOMPETENT: _("不称职"),
}

DOCUMENT_KINDS = {
    DocumentKind.PHOTO: _("证件照"),
    DocumentKind.ID_CARD: _("身份证"),
    DocumentKind.TENURE_PROOF: _("任职证明"),
    DocumentKind.EDUCATION_CERTIFICATE: _("毕业证书"),
    DocumentKind.COMMENDATION_CERTIFICATE: _("表彰证书"),
    DocumentKind.APPRAISAL_FORM: _("年度考核表"),
    DocumentKind.OTHER: _("其他材料"),
}

POLITICAL_STATUSES = {
    "party_member": _("中共党员"),
    "probationary_party_member": _("中共预备党员"),
    "league_member": _("共青团员"),
    "other_party": _("民主党派"),
    "none": _("群众"),
}

# Stored as written. Those with most people in Sichuan first, then in the order of the national list.
ETHNICITIES = (
    "汉族",
    "彝族",
    "藏族",
    "羌族",
    "苗族",
    "回族",
    "土家族",
    "傈僳族",
    "纳西族",
    "蒙古族",
    "满族",
    "布依族",
    "白族",
    "壮族",
    "傣族",
    "维吾尔族",
    "朝鲜族",
    "侗族",
    "瑶族",
    "哈尼族",
    "哈萨克族",
    "黎族",
    "佤族",
    "畲族",
    "高山族",
    "拉祜族",
    "水族",
    "东乡族",
    "景颇族",
    "柯尔克孜族",
    "土族",
    "达斡尔族",
    "仫佬族",
    "布朗族",
    "撒拉族",
    "毛南族",
    "仡佬族",
    "锡伯族",
    "阿昌族",
    "普米族",
    "塔吉克族",
    "怒族",
    "乌孜别克族",
    "俄罗斯族",
    "鄂温克族",
    "德昂族",
    "保安族",
    "裕固族",
    "京族",
    "塔塔尔族",
    "独龙族",
    "鄂伦春族",
    "赫哲族",
    "门巴族",
    "珞巴族",
    "基诺族",
    "其他",
)

# Stored as written.
RELATIONS = ("配偶", "父亲", "母亲", "儿子", "女儿", "兄弟姐妹", "配偶的父母", "子女的配偶", "其他亲属")

# Stored as written: position conditions name them by the same words.
LANGUAGES = {"彝语": _("彝语"), "藏语": _("藏语"), "羌语": _("羌语")}

# Each declaration is asked as a question that is answered with yes or no.
DECLARATIONS = {
    "criminal_record": _("是否受过刑事处罚？"),
    "expelled_from_party": _("是否被开除过中国共产党党籍？"),
    "dismissed_from_office": _("是否被开除过公职？"),
    "joint_discipline": _("是否被依法列为失信联合惩戒对象？"),
    "active_soldier": _("是否为现役军人？"),
    "full_time_student": _("是否为全日制在读学生？"),
    "civil_servant_on_probation": _("是否为试用期内的公务员？"),
    "discharged_civil_servant": _("是否曾是公务员，被辞退未满五年？"),
    "exam_barred": _("是否因考试违纪违规，仍在禁止报考期内？"),
    "under_sanction": _("是否正在接受审查，或处在处分影响期内？"),
    "grave_incident": _("任职期间，所在村（社区）是否发生过重大责任事件？"),
    "seconded": _("是否由机关或事业单位选派、下派到村（社区）任职？"),
}

# The parts of a dossier in the order of the pages, each with the scans that prove it.
SECTIONS = {
    "identity": (_("基本信息"), (DocumentKind.PHOTO, DocumentKind.ID_CARD)),
    "tenures": (_("任职经历"), (DocumentKind.TENURE_PROOF,)),
    "schoolings": (_("学历"), (DocumentKind.EDUCATION_CERTIFICATE,)),
    "commendations": (_("表彰"), (DocumentKind.COMMENDATION_CERTIFICATE,)),
    "appraisals": (_("年度考核"), (DocumentKind.APPRAISAL_FORM,)),
    "declarations": (_("本人声明"), ()),
    "relatives": (_("家庭成员"), ()),
    "documents": (_("照片和材料"), tuple(DocumentKind)),
}

# What is missing before submission, by the codes of ``recruitment.cadres.form.missing``.
MISSING = {
    "identity_incomplete": _("请填写民族和政治面貌"),
    "no_tenure": _("请至少填写一段任职经历"),
    "no_schooling": _("请填写最高学历"),
    "commendations_unanswered": _("请说明有没有受过表彰"),
    "declarations_unanswered": _("请逐条回答本人声明"),
    "relatives_unanswered": _("请说明有没有需要申报的家庭成员"),
    "no_photo": _("请上传证件照"),
}
