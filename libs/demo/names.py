"""What people are called: first names and family names that are heard in France."""

import re
import unicodedata

FEMALE = """
    Aïcha Alice Amina Anaïs Aurélie Camille Céline Chloé Clara Djamila Élise Emma Fatou Fatima
    Hélène Inès Isabelle Jade Jeanne Julie Karima Khadija Laura Léa Leïla Léna Lina Lou Louise
    Lucie Maëlys Manon Margaux Mariam Marie Marion Maryam Mathilde Mélanie Nadia Naïma Nathalie
    Nina Nour Océane Pauline Rania Romane Rose Salomé Samira Sandrine Sarah Sophie Valérie Yasmine
    Yuna Zoé
""".split()
MALE = """
    Adam Adrien Alexandre Amadou Antoine Arthur Ayoub Bakary Baptiste Bilal Bruno Clément Damien
    David Éric Ethan Enzo Florian Gabriel Guillaume Hamza Hugo Ibrahim Idriss Ismaël Jules Julien
    Karim Kévin Laurent Léo Liam Louis Lucas Malik Mamadou Mathis Mathéo Maxime Mehdi Mohamed
    Moussa Nathan Nicolas Noah Olivier Omar Paul Philippe Rayan Romain Sacha Samuel Sofiane
    Stéphane Thomas Tom Victor Yacine Yanis
""".split()
FAMILY = """
    Adjani Albert André Aubert Barbier Baron Barry Ben-Ali Benali Benoît Bernard Berthelot Bertin
    Blanchard Bonnet Boucher Bouchareb Boulanger Bourgeois Boutin Boyer Brun Camara Carpentier
    Chevalier Cissé Clément Colin Collet Costa Da-Silva Daniel David Delmas Denis Deschamps Diallo
    Diarra Diop Dubois Dufour Dumas Dumont Dupont Dupuis Durand Étienne Fabre Faure Fernandes
    Ferreira Fleury Fofana Fontaine Fournier François Gaillard Garcia Garnier Gauthier Gautier
    Gérard Girard Gonçalves Guérin Guillaume Haddad Hamidi Henry Hubert Jacquet Jean Joly Kaddour
    Keïta Konaté Lacroix Lambert Laurent Lebrun Leclerc Lecomte Lefèvre Legrand Lemaire Lemoine
    Leroux Leroy Lopez Lucas Maillard Mallet Marchand Marie Martin Martinez Mathieu Mendy Menez
    Mercier Meunier Meyer Michel Moreau Morel Morin Mouline Muller Nguyen Nicolas Noël Olivier
    Ouattara Paris Perez Perrin Petit Philippe Picard Pierre Poirier Pons Prévost Renard Renaud
    Rey Richard Rivière Robert Robin Roche Rodriguez Roussel Rousseau Roux Roy Saïdi Sanchez
    Schmitt Simon Sow Sylla Tessier Thomas Touré Traoré Vasseur Vidal Vincent Weber Yılmaz Zidane
""".split()


def plain(name: str) -> str:
    """Write a name as it stands in a mail address."""
    letters = unicodedata.normalize("NFKD", name.replace("ı", "i")).encode("ascii", "ignore")
    return re.sub(r"[^a-z-]", "", letters.decode().lower())
