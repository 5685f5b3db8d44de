"""The pages there are, for the application."""

from service.pages.my_data import my_data_views
from service.pages.newsletter import newsletter_page_views
from service.pages.reminder import reminder_views
from service.pages.sign_up import sign_up_views
from service.pages.support import support_views
from service.pages.supporter import supporter_page_views
from service.pages.thanks import thanks_views

PAGE_VIEWS = (
    my_data_views, newsletter_page_views, reminder_views, sign_up_views, support_views, supporter_page_views,
    thanks_views,
)  # fmt: skip
