"""All pages of the window: add a router here, and its pages are served and walked by the tests."""

from fastapi import APIRouter

from web import (
    calendar_feed,
    demo_pages,
    front_door,
    link_pages,
    sign_in_pages,
    unit_actions,
    unit_pages,
)

ROUTERS: tuple[APIRouter, ...] = (
    calendar_feed.router,
    demo_pages.router,
    front_door.router,
    link_pages.router,
    sign_in_pages.router,
    unit_actions.router,
    unit_pages.router,
)
