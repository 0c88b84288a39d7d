//! Names, cities and plans for people who don't exist.

pub(crate) const US_FIRST: [&str; 44] = [
    "James", "Mary", "Robert", "Patricia", "John", "Jennifer", "Michael", "Linda", "David",
    "Elizabeth", "William", "Barbara", "Richard", "Susan", "Joseph", "Jessica", "Thomas", "Karen",
    "Carlos", "María", "José Ángel", "Lucía", "Andrés", "Sofía", "DeShawn", "Aaliyah", "Wei",
    "Mei-Ling", "Nguyễn", "Priya", "Arjun", "Zoë", "Chloé", "Renée", "Søren", "Łukasz", "Олена",
    "美咲", "Noor", "Yusuf", "Maya 🌸", "Robert \"Bob\"", "Mary Ann", "T.J.",
];
pub(crate) const US_LAST: [&str; 40] = [
    "Smith", "Johnson", "Williams", "Brown", "Jones", "Garcia", "Miller", "Davis", "Rodríguez",
    "Martínez", "Hernández", "López", "Gonzalez", "Wilson", "Anderson", "Thomas", "Taylor",
    "Moore", "Jackson", "Martin", "Lee", "Pérez", "Thompson", "White", "Harris", "O'Brien",
    "D'Angelo", "Nguyen", "Trần", "Patel", "Kim", "Chen", "García-López", "van der Berg",
    "St. John", "King, Jr.", "Cruz, III", "Ødegaard", "Ковальчук", "山田",
];
pub(crate) const GB_FIRST: [&str; 8] = [
    "Oliver", "Amelia", "Siân", "Callum", "Niamh", "Aoife", "Harriet 👑", "Rhys",
];
pub(crate) const GB_LAST: [&str; 8] = [
    "Davies", "Evans", "O'Connor", "MacDonald", "Hughes", "Khan", "Smythe-Jones", "Walker",
];
pub(crate) const FR_FIRST: [&str; 8] = [
    "Léa", "Hélène", "François", "Zoé", "Jean-Luc", "Anaïs", "Théo", "Maëlle",
];
pub(crate) const FR_LAST: [&str; 8] = [
    "Lefèvre", "Dupont", "Bélanger", "d'Estaing", "Moreau", "Garçon", "Noël", "Le Goff",
];
pub(crate) const DE_FIRST: [&str; 8] = [
    "Jürgen", "Björn", "Käthe", "Lukas", "Anneliese", "Sören", "Ayşe", "Günther 🥨",
];
pub(crate) const DE_LAST: [&str; 8] = [
    "Müller", "Schröder", "Weiß", "Yılmaz", "Großmann", "Kühn", "Schmidt", "von der Leine",
];
pub(crate) const US_CITIES: [&str; 20] = [
    "New York", "San Francisco", "Los Angeles", "Chicago", "Boston", "Austin", "Seattle",
    "Portland, OR", "Portland, ME", "Washington, D.C.", "St. Louis", "San José", "Cañon City",
    "Miami", "Denver", "Las Vegas", "Coeur d'Alene", "Brooklyn\nNew York",
    "Houston, \"Space City\"", "",
];
pub(crate) const GB_CITIES: [&str; 4] = [
    "London", "Newcastle upon Tyne", "Cardiff / Caerdydd", "Leeds",
];
pub(crate) const FR_CITIES: [&str; 4] = [
    "Paris", "Saint-Étienne", "Besançon", "Lyon, 3ᵉ",
];
pub(crate) const DE_CITIES: [&str; 4] = [
    "München", "Köln", "Frankfurt am Main", "Gießen",
];
pub(crate) const PLANS: [&str; 8] = [
    "free", "free", "free", "basic", "basic", "plus", "family", "",
];
