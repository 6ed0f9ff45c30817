"""The admin, as an installed app of its own configuration."""

from django.contrib.admin.apps import AdminConfig


class MeducationAdminConfig(AdminConfig):
    """Makes our site (meducation/admin.py) the admin's default one."""

    default_site = "meducation.admin.MeducationAdminSite"
