from .conftest import Shell


def test_try(shell: Shell, client: str) -> None:
    for args in [
        ("clients",),
        ("clients", "--json"),
        ("show", client),
        ("status",),
        ("pending",),
        ("drafts",),
        ("conflicts",),
        ("register", "legal_name.given=Ngozi", "preferred_name=Ngo"),
        (
            "edit",
            "client",
            client,
            "preferred_name=Ro",
            'hazards+={"kind":"dog","review_on":"2027-01-01"}',
            "legal_name.middle=A",
        ),
        ("visit", client, "--end", "now", "--outcome", "made", "--sign", "purpose=look"),
        ("note", client, "--text", "All well.", "--sign"),
        ("history", "client", client),
        ("pending",),
        ("show", client),
        ("sync",),
        ("pending",),
        ("drafts", "--json"),
        ("clients",),
    ]:
        r = shell.run(*args)
        print(">>", args)
        print(r.output)
        if r.exception and not isinstance(r.exception, SystemExit):
            raise r.exception
    r = shell.run("assess", client, "phq9", input="1\n2\nb\n9\n4\nr\np\n")
    print(r.output)
    r = shell.run("assess", client, "cssrs_screener", input="1\n1\n1\n1\n1\n1\n1\n1\n1\n")
    print(r.output)
    print(shell.run("settle", "client", client, "date_of_birth", "1950", "--reason", "x").output)
    assert 0
