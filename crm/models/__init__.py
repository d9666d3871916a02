"""What the bureau keeps: one file a table, without decisions."""

from crm.models.alliance import Alliance, AllianceMember
from crm.models.annual_figures import AnnualFigures
from crm.models.answer import Answer
from crm.models.application import Application
from crm.models.application_part import ApplicationPart
from crm.models.attachment import Attachment
from crm.models.bulk_deed import BulkDeed
from crm.models.call_date import CallDate
from crm.models.campaign import Campaign, CampaignWindow, FrozenCandidate, MaterialItem
from crm.models.candidacy import Candidacy, Material, StageMove
from crm.models.column_mapping import ColumnMapping
from crm.models.contact import Contact
from crm.models.decision import Decision
from crm.models.edition import Edition
from crm.models.evaluation import Evaluation, FactSet, LatestEvaluation
from crm.models.event import Event
from crm.models.event_seal import EventPruning, EventSeal
from crm.models.export_request import ExportRequest
from crm.models.export_template import ExportTemplate
from crm.models.feedback import Feedback
from crm.models.firm import Firm, Flag, FormerName
from crm.models.import_batch import ImportBatch
from crm.models.institution import Institution
from crm.models.ip_right import IpRight
from crm.models.ladder_change import LadderChange, LadderTally
from crm.models.mention import Mention
from crm.models.merge import DistinctPair, Merge
from crm.models.model_version import ModelVersion, Prediction, Scoring
from crm.models.news_seen import NewsSeen
from crm.models.once_token import OnceToken
from crm.models.place import Industry, TechField, Township
from crm.models.preference import Preference
from crm.models.project import Project, ProjectMove, ProjectPartner
from crm.models.reading import Reading
from crm.models.recognition import Recognition
from crm.models.reminder import Heartbeat, Reminder
from crm.models.reminder_setting import ReminderSetting
from crm.models.reminder_stop import ReminderStop
from crm.models.report import Report
from crm.models.review import PreScore, Questionnaire
from crm.models.row_images import RowImages
from crm.models.saved_view import SavedView
from crm.models.second_factor import RecoveryCode, SecondFactor
from crm.models.standing import SearchText, Standing
from crm.models.tag import FirmTag, Tag
from crm.models.target import Target, TargetActual, TargetShare
from crm.models.task import Task
from crm.models.training import Attendance, Training
from crm.models.user import Session, SignIn, User
from crm.models.visit import FollowUp, Reassignment, Visit

__all__ = [
    "Alliance",
    "AllianceMember",
    "AnnualFigures",
    "Answer",
    "Application",
    "ApplicationPart",
    "Attachment",
    "Attendance",
    "BulkDeed",
    "CallDate",
    "Campaign",
    "CampaignWindow",
    "Candidacy",
    "ColumnMapping",
    "Contact",
    "Decision",
    "DistinctPair",
    "Edition",
    "Evaluation",
    "Event",
    "EventPruning",
    "EventSeal",
    "FactSet",
    "ExportRequest",
    "ExportTemplate",
    "Feedback",
    "Firm",
    "FirmTag",
    "Flag",
    "FollowUp",
    "FormerName",
    "FrozenCandidate",
    "Heartbeat",
    "ImportBatch",
    "Industry",
    "Institution",
    "IpRight",
    "LadderChange",
    "LadderTally",
    "LatestEvaluation",
    "Material",
    "MaterialItem",
    "Mention",
    "Merge",
    "ModelVersion",
    "NewsSeen",
    "PreScore",
    "Preference",
    "OnceToken",
    "Prediction",
    "Project",
    "ProjectMove",
    "ProjectPartner",
    "Questionnaire",
    "Reading",
    "Reassignment",
    "Recognition",
    "RecoveryCode",
    "Reminder",
    "ReminderSetting",
    "ReminderStop",
    "Report",
    "RowImages",
    "SavedView",
    "Scoring",
    "SearchText",
    "SecondFactor",
    "Session",
    "SignIn",
    "StageMove",
    "Standing",
    "Tag",
    "Target",
    "TargetActual",
    "TargetShare",
    "Task",
    "TechField",
    "Township",
    "Training",
    "User",
    "Visit",
]
