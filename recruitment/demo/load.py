"""Make the demo's accounts, call and applications."""

import io
import random
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from PIL import Image, ImageDraw
from sqlalchemy.orm import Session
from structlog import get_logger

from recruitment.applications import operations as applications
from recruitment.applications.models import Application
from recruitment.areas import catalogue
from recruitment.areas.models import Community, Township
from recruitment.cadres.models import (
    Appraisal,
    Commendation,
    Dossier,
    DossierDocument,
    Relative,
    Schooling,
    Tenure,
)
from recruitment.cadres.vocabulary import DECLARATIONS
from recruitment.calls import operations as calls
from recruitment.calls.demo_table import demo_table
from recruitment.calls.models import Call, Position
from recruitment.calls.position_table import read_position_table
from recruitment.clock import SHANGHAI, now
from recruitment.database import db
from recruitment.demo import ACCOUNTS, PASSWORD
from recruitment.demo.people import Profile, id_number, profiles
from recruitment.notices.models import Delivery
from recruitment.notices.operations import publish
from recruitment.people.models import Grant, Role, User
from recruitment.people.passwords import hash_password
from recruitment.people.uploads import Document, store_image
from workflows.schema import outbox
from workflows.terms import Actor

log = get_logger()
SEED = 20261122
COUNTY, PREFECTURE = "510722", "510700"
# How many of the made-up applications end in each state.
ENDS = {
    "draft": 60,
    "submitted": 230,
    "returned": 45,
    "county_passed": 90,
    "qualified": 140,
    "refused": 45,
    "withdrawn": 30,
    "lapsed": 10,
}
STAFF = {
    "xian@kaolu.example": ("何审核", Role.COUNTY_REVIEWER, COUNTY),
    "xian2@kaolu.example": ("唐审核", Role.COUNTY_REVIEWER, COUNTY),
    "shi@kaolu.example": ("蒋审核", Role.PREFECTURE_REVIEWER, PREFECTURE),
    "sheng@kaolu.example": ("魏审核", Role.PROVINCE_REVIEWER, catalogue.PROVINCE_CODE),
    "admin@kaolu.example": ("罗管理", Role.ADMIN, catalogue.PROVINCE_CODE),
    "jiandu@kaolu.example": ("严监督", Role.SUPERVISOR, catalogue.PROVINCE_CODE),
    "system@kaolu.example": ("程系统", Role.SYSTEM_ADMIN, catalogue.PROVINCE_CODE),
}
