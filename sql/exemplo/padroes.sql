-- The patterns that the business of the example maintains for trade marketing, in the shape of
-- audit.padroes_trade_marketing. Made for matching without regard to case and accents:
-- contem = anywhere in the text, palavra = whole words, regex = POSIX.
create or replace function exemplo.padroes()
returns table (campo text, tipo text, acao text, padrao text)
language sql
immutable parallel safe
set search_path = ''
as $$
  values
    ('descricao',      'contem',  'incluir', 'trade marketing'),
    ('descricao',      'regex',   'incluir', 'a[cç][aã]o (de )?varejo'),
    ('descricao',      'contem',  'incluir', 'campanha de varejo'),
    ('descricao',      'contem',  'incluir', 'campanha regional'),
    ('descricao',      'regex',   'incluir', 'reembolso (de )?campanha'),
    ('descricao',      'contem',  'incluir', 'mídia cooperada'),
    ('descricao',      'contem',  'incluir', 'verba cooperada'),
    ('descricao',      'contem',  'incluir', 'incentivo de vendas'),
    ('descricao',      'palavra', 'incluir', 'PDV'),
    ('descricao',      'palavra', 'incluir', 'test drive'),
    ('fornecedor',     'regex',   'incluir', 'trade (&|e) promo'),
    ('fornecedor',     'palavra', 'incluir', 'merchandising'),
    ('conta_contabil', 'contem',  'incluir', '4.1.3.05'),
    ('descricao',      'palavra', 'excluir', 'recall'),
    ('descricao',      'contem',  'excluir', 'patrocínio institucional'),
    ('descricao',      'contem',  'excluir', 'frete de retorno'),
    ('fornecedor',     'regex',   'excluir', '^prefeitura')
$$;

comment on function exemplo.padroes() is
  'Example warehouse: the trade-marketing patterns to load into audit.padroes_trade_marketing (campo, tipo, acao, padrao).';

revoke execute on function exemplo.padroes() from public;
