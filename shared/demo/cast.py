"""The names, streets and jobs of the demo."""

from datetime import date

# Name, street, postcode, city; the contacts' names come from PEOPLE in turn.
BUSINESSES = (
    ("Hôtel des Tisseurs", "7 rue de la Soierie", "69001", "Lyon"),
    ("Boulangerie Farine & Sel", "22 avenue Jean-Jaurès", "69007", "Lyon"),
    ("Cabinet Orsel Architectes", "3 quai Saint-Antoine", "69002", "Lyon"),
    ("Ma jolie boutique", "35 rue de la République", "69001", "Lyon"),
    ("Restaurant L’Amandier", "14 place du Marché", "26000", "Valence"),
    ("Librairie Page Treize", "9 rue Victor-Hugo", "38000", "Grenoble"),
    ("Pharmacie du Pont Neuf", "1 place du Pont", "42000", "Saint-Étienne"),
    ("Menuiserie Grandclément", "12 zone artisanale des Aulnes", "01000", "Bourg-en-Bresse"),
    ("Agence Petit Large", "56 boulevard des Brotteaux", "69006", "Lyon"),
    ("Domaine de la Rochette", "Route des Crêtes", "69420", "Ampuis"),
    ("Clinique vétérinaire des Monts", "8 chemin du Vallon", "69290", "Craponne"),
    ("Garage Montplaisir", "101 avenue des Frères-Lumière", "69008", "Lyon"),
    ("Théâtre de la Passerelle", "2 rue du Parc", "71000", "Mâcon"),
    ("Fromagerie Beaufils", "5 halles de la Martinière", "69001", "Lyon"),
    ("Salon Mèche & Compagnie", "40 rue Mercière", "69002", "Lyon"),
    ("École Les Tilleuls", "17 rue des Écoles", "69500", "Bron"),
    ("Imprimerie Delorme & fils", "6 rue de l’Industrie", "69100", "Villeurbanne"),
    ("Camping du Lac bleu", "Rive sud", "74000", "Annecy"),
    ("Cave Terres d’Ocre", "11 place Carnot", "71100", "Chalon-sur-Saône"),
    ("Studio Contrechamp", "28 rue de Marseille", "69007", "Lyon"),
    ("Maison Quiberon Traiteur", "4 cours Gambetta", "69003", "Lyon"),
    ("Bureau d’études Kerval", "33 rue de la Villette", "69003", "Lyon"),
    ("Fleurs d’Élise", "15 rue Grenette", "69002", "Lyon"),
    ("Musée de la Dentelle", "1 place de l’Abbaye", "43000", "Le Puy-en-Velay"),
    ("Transports Valmorel", "Zone des Platières", "38070", "Saint-Quentin-Fallavier"),
    ("Optique Clairval", "63 cours Berriat", "38000", "Grenoble"),
    ("Spa Les Trois Sources", "2 allée des Thermes", "73100", "Aix-les-Bains"),
    ("Résidence Les Hortensias", "19 avenue du Château", "69130", "Écully"),
    ("Brasserie du Quai Nord", "70 quai Arloing", "69009", "Lyon"),
    ("Couvreurs du Forez", "8 rue des Ardoises", "42600", "Montbrison"),
    ("Galerie Nuit blanche", "10 rue Burdeau", "69001", "Lyon"),
    ("Coworking La Fabrique", "25 rue Feuillat", "69003", "Lyon"),
    ("Auberge du Pic d’Argent", "Le bourg", "63240", "Le Mont-Dore"),
    ("Crèche Les Lucioles", "13 rue du Repos", "69007", "Lyon"),
)
INDIVIDUALS = (
    ("M.", "Étienne", "Marchal", "6 montée de la Grande-Côte", "69001", "Lyon"),
    ("Mme", "Solène", "Abgrall", "31 rue Duguesclin", "69006", "Lyon"),
    ("M.", "Idriss", "Benali", "9 rue Paul-Bert", "69003", "Lyon"),
    ("Mme", "Mathilde", "Roussin", "2 impasse des Lilas", "69370", "Saint-Didier-au-Mont-d’Or"),
    ("M.", "Hugo", "Da Silva", "18 rue Hénon", "69004", "Lyon"),
    ("Mme", "Noémie", "Carlier", "44 route de Vienne", "69007", "Lyon"),
)
PEOPLE = (
    ("Mme", "Camille", "Perrin"), ("M.", "Julien", "Faure"), ("Mme", "Nadia", "Haddad"), ("M.", "Antoine", "Girard"),
    ("Mme", "Lucie", "Morel"), ("M.", "Karim", "Ziani"), ("Mme", "Sophie", "Bouvier"), ("M.", "Thomas", "Lacroix"),
    ("Mme", "Élodie", "Tissot"), ("M.", "Marc", "Chevalier"), ("Mme", "Fatou", "Sarr"), ("M.", "Pierre", "Guichard"),
    ("Mme", "Inès", "Ferreira"), ("M.", "Benoît", "Charpin"), ("Mme", "Clémence", "Ravel"), ("M.", "Yann", "Le Goff"),
    ("Mme", "Aurélie", "Dumas"),
)  # fmt: skip
# Civility, first and family name, job, level, hired on, monthly gross, rate of tax at source.
STAFF = (
    ("Mme", "Awa", "Diallo", "Monteuse-câbleuse", "C5", date(2022, 3, 1), "2310", "3.2"),
    ("M.", "Lucas", "Bernardin", "Tourneur-repousseur", "C6", date(2019, 9, 2), "2560", "5.1"),
    ("Mme", "Chloé", "Teyssier", "Chargée de clientèle", "D7", date(2021, 1, 11), "2480", "4.3"),
    ("M.", "Rachid", "Amrani", "Chef d’atelier", "E9", date(2016, 5, 17), "3240", "8.4"),
    ("Mme", "Jeanne", "Poncet", "Comptable", "E10", date(2018, 2, 5), "3080", "7.6"),
    ("M.", "Maxime", "Vial", "Designer", "F11", date(2020, 10, 1), "3350", "8.9"),
    ("Mme", "Salomé", "Rivoire", "Assistante de direction", "D8", date(2023, 4, 3), "2540", "4.6"),
    ("M.", "Gabriel", "Nowak", "Électricien-poseur", "C6", date(2017, 11, 6), "2620", "5.4"),
    ("Mme", "Léa", "Castaing", "Directrice commerciale", "G14", date(2015, 6, 15), "4950", "14.2"),
    ("M.", "Théo", "Mouret", "Apprenti monteur", "A2", date(2025, 9, 1), "1150", "0"),
    ("Mme", "Hélène", "Sabatier", "Responsable qualité", "F12", date(2014, 1, 6), "3690", "10.1"),
    ("M.", "Paul", "Delmas", "Magasinier-cariste", "B4", date(2024, 2, 12), "2090", "1.9"),
)
STREETS = ("rue Sala", "rue de Créqui", "cours Lafayette", "rue Garibaldi", "avenue Berthelot", "rue Chevreul")
SUPPLIERS = (
    ("Laiton & Cuivre du Rhône", "45 rue de la Fonderie", "69200", "Vénissieux"),
    ("Câbles textiles Arnaud", "3 rue du Tissage", "42300", "Roanne"),
    ("Emballages Saône-Carton", "Zone portuaire", "71000", "Mâcon"),
)
