-- Branches and plants, with their share of the entries (percent).
create or replace function exemplo.filiais()
returns table (codigo text, nome text, tipo text, cidade text, uf text, cnpj text, peso int)
language sql
immutable parallel safe
set search_path = ''
as $$
  select f.codigo, f.nome, f.tipo, f.cidade, f.uf, exemplo.cnpj(65990001, f.numero), f.peso
  from (values
    ('BA01', 'Fábrica de Camaçari',            'fábrica',      'Camaçari',              'BA', 1,  36),
    ('SP01', 'Sede Administrativa',            'escritório',   'São Paulo',             'SP', 2,  17),
    ('SP02', 'Fábrica de Campinas',            'fábrica',      'Campinas',              'SP', 3,  12),
    ('AM01', 'Fábrica de Baterias de Manaus',  'fábrica',      'Manaus',                'AM', 4,  8),
    ('ES01', 'Centro de Distribuição Vitória', 'distribuição', 'Cariacica',             'ES', 5,  7),
    ('SP03', 'Centro de Peças Cajamar',        'distribuição', 'Cajamar',               'SP', 6,  6),
    ('PE01', 'Centro de Distribuição Suape',   'distribuição', 'Ipojuca',               'PE', 7,  4),
    ('BA02', 'Centro de Pesquisa',             'pesquisa',     'Salvador',              'BA', 8,  3),
    ('RJ01', 'Regional Sudeste',               'escritório',   'Rio de Janeiro',        'RJ', 9,  2),
    ('DF01', 'Relações Institucionais',        'escritório',   'Brasília',              'DF', 10, 1),
    ('PR01', 'Regional Sul',                   'escritório',   'Curitiba',              'PR', 11, 2),
    ('SC01', 'Terminal de Itajaí',             'distribuição', 'Itajaí',                'SC', 12, 1),
    ('CE01', 'Regional Nordeste',              'escritório',   'Fortaleza',             'CE', 13, 1)
  ) f (codigo, nome, tipo, cidade, uf, numero, peso)
$$;

comment on function exemplo.filiais() is
  'Example warehouse: branches and plants with CNPJ and share of the entries in percent.';

revoke execute on function exemplo.filiais() from public;
