"""The recipe for Shopify access tokens: one GET request to a shop that lists what the token may do.

Sources: shopify.dev/docs/api/admin-rest/latest/resources/accessscope (`GET /admin/oauth/access_scopes.json`),
shopify.dev/docs/api/usage/authentication (the header), shopify.dev/docs/api/usage/access-scopes. A token works in one
shop. A refusal says that this shop does not accept it; it may belong to another.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from frontleak.core.verdict import Scope, Status, Verdict
from frontleak.verify.evidence import described, evidence, inner, is_busy, names_in, unsettled
from frontleak.verify.interface import (
    Answer,
    Hint,
    Hints,
    Recipe,
    RecipeStep,
    Recordable,
    Request,
    SecretHeader,
    Verifier,
)

_SHOP: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
_MOST_SHOPS: Final = 3


def scopes(shop: str) -> Request:
    """Ask a shop for the scopes of the token."""
    return Request(f"{shop}.myshopify.com", "/admin/oauth/access_scopes.json")


def recipe(hints: Hints) -> Recipe:
    """Verify one token."""
    shown: tuple[str, ...] = ()
    answer = Answer(error="no shop is named near the token; pass --shop")
    for shop in hints["shop"][:_MOST_SHOPS]:
        answer = yield scopes(shop)
        shown = (*shown, evidence(scopes(shop), answer, inner(answer.body, "errors")))
        listed = inner(answer.body, "access_scopes")
        if answer.status == 200 and isinstance(listed, list):
            handles = names_in([inner(entry, "handle") for entry in listed])
            return Verdict(
                status=Status.ACTIVE,
                reason="the shop listed what the token may do",
                scope=scope_of(handles),
                roles=handles,
                facts=(("shop", shop),),
                evidence=shown,
            )
        if is_busy(answer):
            break
    why = "none of the shops near the token accepts it; it may belong to another one" if answer.status == 401 else ""
    return unsettled("Shopify", answer, shown, why)


def scope_of(names: Iterable[str]) -> Scope:
    """Return what the scopes of a token grant; unknown if none begins with `read_` or `write_`."""
    granted = {name.removeprefix("unauthenticated_").partition("_")[0] for name in names}
    if "write" in granted:
        return Scope.CAN_WRITE
    return Scope.READ_ONLY if granted == {"read"} else Scope.UNKNOWN


def plan(hints: Hints) -> Sequence[RecipeStep]:
    """List the requests."""
    shops = hints["shop"][:_MOST_SHOPS] or ("<shop>",)
    return tuple(RecipeStep(request=scopes(shop), when="until a shop accepts the token") for shop in shops)


SHOPIFY: Final = Verifier(
    name="shopify",
    title="Shopify",
    hosts=re.compile(rf"{_SHOP.pattern}\.myshopify\.com"),
    header=SecretHeader(name="X-Shopify-Access-Token"),
    recipe=recipe,
    plan=plan,
    summary=lambda verdict: described("access token", verdict, "shop"),
    hints=(
        Hint(
            name="shop",
            fact="shop",
            metavar="NAME",
            help="Shopify shop to ask, without .myshopify.com; repeatable.",
            form="a shop consists of lower-case letters, digits and hyphens, such as my-shop",
            is_valid=lambda text: _SHOP.fullmatch(text) is not None,
        ),
    ),
    recordable=Recordable(
        names=(("shop", re.compile(r"^([a-z0-9-]+)(?=\.myshopify\.com)")),),
        texts=frozenset({"errors"}),
        keys=frozenset({"access_scopes", "handle"}),
        values={"handle": re.compile(r"[a-z_]{4,60}")},
    ),
)
