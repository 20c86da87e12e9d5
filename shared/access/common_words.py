"""What people type first when they are asked for a password in France; zxcvbn knows English and QWERTY."""

_TEXT = """
motdepasse passe mdp azerty azertyuiop bonjour bonsoir soleil doudou loulou chouchou coucou jetaime amour
cheval chocolat camille marine nicolas julien thomas maxime alexandre sandrine isabelle nathalie martin
bernard dubois durand moreau laurent france paris marseille lyon toulouse bordeaux nantes lille rennes janvier
fevrier mars avril mai juin juillet aout septembre octobre novembre decembre lundi mardi mercredi jeudi
vendredi samedi dimanche printemps automne hiver bienvenue entreprise facture factures client clients salarie
fournisseur portail guichet compte connexion secret utilisateur administrateur admin password
"""
WORDS = _TEXT.split()

ROWS = (
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1234567890",
    "abcdefghijklmnopqrstuvwxyz",
)


def keyboard_runs(length: int = 4) -> list[str]:
    """Every run of at least `length` neighbouring keys, in both directions."""
    runs = []
    for row in (*ROWS, *(row[::-1] for row in ROWS)):
        for start in range(len(row) - length + 1):
            runs += [row[start:end] for end in range(start + length, len(row) + 1)]
    return runs


RUNS = keyboard_runs()
