"""All pages of the window: add a router here, and its pages are served and walked by the tests."""

from fastapi import APIRouter

from web import (
    api_pages,
    board_pages,
    calendar_feed,
    demo_pages,
    front_door,
    leadership_pages,
    link_pages,
    office_pages,
    outbox_pages,
    sign_in_pages,
    token_pages,
    unit_actions,
    unit_pages,
    work_pages,
)

ROUTERS: tuple[APIRouter, ...] = (
    api_pages.router,
    board_pages.router,
    calendar_feed.router,
    demo_pages.router,
    front_door.router,
    leadership_pages.router,
    link_pages.router,
    office_pages.router,
    outbox_pages.router,
    sign_in_pages.router,
    token_pages.router,
    unit_actions.router,
    unit_pages.router,
    work_pages.router,
)
