"""All pages of the window: add a router here, and its pages are served and walked by the tests."""

from fastapi import APIRouter

from web import front_door, sign_in_pages

ROUTERS: tuple[APIRouter, ...] = (front_door.router, sign_in_pages.router)
