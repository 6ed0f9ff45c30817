"""People. allauth's own label, templates and URL names are `account`; ours are `accounts`."""

import datetime
import zoneinfo
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django_countries.fields import CountryField

from accounts.managers import UserManager
from accounts.roles import DESK_ROLES, Role
from accounts.time_zones import known_zones
from meducation.lib.dates import Span, year_containing

# How far back a new record reaches, unless its owner says otherwise: two revalidation cycles.
RECORD_REACHES_BACK_YEARS = 10
MONTHS = [(number, datetime.date(2000, number, 1).strftime("%B")) for number in range(1, 13)]


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who can log in. The e-mail address is the login."""

    email = models.EmailField(
        "e-mail address",
        max_length=254,
        unique=True,
        error_messages={"unique": "Somebody already uses this e-mail address."},
    )
    name = models.CharField("name", max_length=150, blank=True, help_text="As it should appear on your record.")
    role = models.CharField(max_length=20, choices=Role, default=Role.READER, db_default=Role.READER)
    is_active = models.BooleanField(
        "active", default=True, help_text="Clear this instead of deleting somebody: they are logged out at once."
    )
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")),
                name="accounts_user_email_is_in_lower_case",
                violation_error_message="Write the e-mail address in small letters.",
                violation_error_code="email_case",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values),
                name="accounts_user_role_is_known",
                violation_error_message="Choose one of the roles.",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_staff(self) -> bool:
        """Whether the desk (the admin) is open to them: Django's own name for it."""
        return self.role in DESK_ROLES

    def get_full_name(self) -> str:
        """The name for mail and certificates; the address when there is none."""
        return str(self)

    def get_short_name(self) -> str:
        """The same: one name field fits more of the world than two."""
        return str(self)


class Profession(models.TextChoices):
    """What a person practises as."""

    DOCTOR = "doctor", "Doctor"
    NURSE = "nurse", "Nurse"
    MIDWIFE = "midwife", "Midwife"
    NURSING_ASSOCIATE = "nursing-associate", "Nursing associate"
    DENTIST = "dentist", "Dentist"
    DENTAL_CARE = "dental-care", "Dental care professional"
    PHARMACIST = "pharmacist", "Pharmacist"
    PHARMACY_TECHNICIAN = "pharmacy-technician", "Pharmacy technician"
    PHYSIOTHERAPIST = "physiotherapist", "Physiotherapist"
    OCCUPATIONAL_THERAPIST = "occupational-therapist", "Occupational therapist"
    PARAMEDIC = "paramedic", "Paramedic"
    PSYCHOLOGIST = "psychologist", "Psychologist"
    OPTOMETRIST = "optometrist", "Optometrist or dispensing optician"
    RADIOGRAPHER = "radiographer", "Radiographer"
    OSTEOPATH = "osteopath", "Osteopath"
    CHIROPRACTOR = "chiropractor", "Chiropractor"
    ALLIED_HEALTH = "allied-health", "Another allied health profession"
    PUBLIC_HEALTH = "public-health", "Public health specialist or practitioner"
    PHYSICIAN_ASSOCIATE = "physician-associate", "Physician or anaesthesia associate"
    STUDENT = "student", "Student"
    OTHER = "other", "Another profession"


def validate_time_zone(name: str) -> None:
    """Raise ValidationError unless `name` is a zone of the IANA database."""
    if name not in known_zones():
        raise ValidationError("Choose a time zone from the list.", code="unknown_time_zone")


def first_day_of_new_record() -> datetime.date:
    """1 January, some years before today."""
    return datetime.date(timezone.now().year - RECORD_REACHES_BACK_YEARS, 1, 1)


class Profile(models.Model):
    """What we know of a person for their record. The edges of their day and of their CPD year are their own."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="profile", primary_key=True)
    profession = models.CharField(max_length=30, choices=Profession, blank=True)
    country = CountryField(blank=True, help_text="Where you practise.")
    specialty = models.CharField(
        max_length=100, blank=True, help_text="For example: general practice, theatre nursing."
    )
    time_zone = models.CharField(
        max_length=64,
        default="Europe/London",
        validators=[validate_time_zone],
        help_text="Decides which day, and so which CPD year, something you did belongs to.",
    )
    year_starts_in = models.PositiveSmallIntegerField(
        "CPD year starts on the first of",
        choices=MONTHS,
        default=1,
    )
    record_starts_on = models.DateField(
        "record starts on",
        default=first_day_of_new_record,
        help_text="Nothing older can be recorded, which catches slips of the keyboard.",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(year_starts_in__range=(1, 12)),
                name="accounts_profile_year_starts_in_a_month",
                violation_error_message="Choose a month.",
            ),
            models.CheckConstraint(
                condition=models.Q(profession__in=["", *Profession.values]),
                name="accounts_profile_profession_is_known",
                violation_error_message="Choose a profession from the list.",
            ),
        ]

    def __str__(self) -> str:
        return f"Profile of {self.user_id}"

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The person's time zone."""
        return zoneinfo.ZoneInfo(self.time_zone)

    def local_date(self, moment: datetime.datetime | None = None) -> datetime.date:
        """The date it is (or was, at `moment`) where the person is."""
        return (moment or timezone.now()).astimezone(self.zone).date()

    def year_of(self, day: datetime.date) -> Span:
        """The person's CPD year that contains `day`."""
        return year_containing(day, first_month=self.year_starts_in)
