"""The environment and the staff files."""

from collections.abc import Iterator

from service.catalogue.problems import CatalogueError
from service.doctor.finding import Finding, problem, warning, well
from service.doctor.patient import Patient, on_this_machine


def settings(patient: Patient) -> Iterator[Finding]:
    """Every variable, as the service reads it."""
    for told in patient.problems.values():
        yield problem(told, "Mend it in the service's environment; the README lists every setting.")
    if not patient.problems:
        yield well(f"{len(patient.values)} settings, all of them readable")


def staff_files(patient: Patient) -> Iterator[Finding]:
    """Everything under config/."""
    try:
        catalogue = patient.catalogue
    except CatalogueError as error:
        for one in error.problems:
            yield problem(str(one), "Mend the file; readers keep the last good copy meanwhile.")
        return
    campaigns = sum(len(plan.campaigns) for plan in catalogue.plans.values())
    yield well(f"{patient.values['config_dir']}: {len(catalogue.sites)} site(s), {campaigns} campaign(s)")


def origins(patient: Patient) -> Iterator[Finding]:
    """A page that is not encrypted lets anybody on the way change what it asks for."""
    open_lines = [
        (site.id, origin)
        for site in patient.sites
        for origin in sorted(site.origins)
        if origin.startswith("http:") and (patient.livemode or not on_this_machine(origin))
    ]
    for site, origin in open_lines:
        tell = problem if patient.livemode else warning
        yield tell(f"{site} lists {origin}, which is not encrypted", "Serve the page by https://, and list that.")
    if patient.sites and not open_lines:
        yield well("every site's pages are encrypted" if patient.livemode else "nothing against the sites' origins")
