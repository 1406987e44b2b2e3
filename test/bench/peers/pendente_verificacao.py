"""What a data scientist would write instead of pendente_verificacao: read the ledger, hash words and supplier crossings, fit a logistic
regression by stochastic gradient, calibrate it by isotonic regression on the last three months, and write the suggestions back.
Needs Debian's python3-sklearn and python3-psycopg2. Argument: the database's URL. Prints how many suggestions it wrote."""

import re
import sys

import psycopg2
from psycopg2.extras import execute_values
from sklearn.calibration import CalibratedClassifierCV
from sklearn.feature_extraction import FeatureHasher
from sklearn.linear_model import SGDClassifier

WORD = re.compile(r"[^\W\d_]{3,}")
hasher = FeatureHasher(n_features=2**18, input_type="string", alternate_sign=False)


def features(row):
    supplier, name, centre, account, branch, text = (value or "" for value in row)
    company = supplier[:8]
    yield from (f"s {supplier}", f"c {company}", f"n {name}", f"cc {centre}", f"a {account}", f"b {branch}")
    yield from (f"s {supplier} {centre}", f"c {company} {account}", f"n {name} {centre}", f"cc {centre} {account}")
    yield from (f"w {word}" for word in WORD.findall(f"{name} {text}".lower()))


with psycopg2.connect(sys.argv[1]) as connection:
    with connection.cursor() as cursor:
        cursor.execute("select valor from audit.configuracoes_sistema where chave = 'pendente.rotulos'")
        pending_labels = set(cursor.fetchone()[0])
    keys, months, categories = [], [], []

    def ledger():
        with connection.cursor("ledger") as cursor:
            cursor.itersize = 50_000
            cursor.execute(
                """select id, to_char(data_lancamento, 'YYYY-MM'), categoria, fornecedor_id, fornecedor, centro_custo,
                     conta_contabil, filial, descricao from dw.lancamentos"""
            )
            for key, month, category, *rest in cursor:
                keys.append(key)
                months.append(month)
                categories.append(category or "")
                yield features(rest)

    matrix = hasher.transform(ledger())
    recent = set(sorted(set(months))[-3:])
    waiting = [i for i, category in enumerate(categories) if category in pending_labels or category == ""]
    asked = set(waiting)
    past = [i for i, month in enumerate(months) if month not in recent and i not in asked]
    known = {categories[i] for i in past}
    last = [i for i, month in enumerate(months) if month in recent and i not in asked and categories[i] in known]

    model = SGDClassifier(loss="log_loss", alpha=1e-6, max_iter=5, tol=None, random_state=0, n_jobs=-1)
    model.fit(matrix[past], [categories[i] for i in past])
    calibrated = CalibratedClassifierCV(model, method="isotonic", cv="prefit").fit(matrix[last], [categories[i] for i in last])
    chances = calibrated.predict_proba(matrix[waiting])
    best = chances.argmax(axis=1)
    rows = [
        (keys[i], str(calibrated.classes_[best[n]]), float(chances[n, best[n]])) for n, i in enumerate(waiting)
    ]
    with connection.cursor() as cursor:
        cursor.execute("create table if not exists bancada.sugestoes (registro_id bigint, categoria text, confianca float8)")
        cursor.execute("truncate bancada.sugestoes")
        execute_values(cursor, "insert into bancada.sugestoes values %s", rows)
print(len(rows))
