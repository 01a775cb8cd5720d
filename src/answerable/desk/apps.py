"""The desk as an application of the web framework."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "answerable.desk"
    label = "desk"
    verbose_name = "Answerable"
