"""The dossier: posts, schooling, commendations, appraisals, relatives and documents of a cadre."""
