-- Chart of accounts of the example.
create or replace function exemplo.contas()
returns table (codigo text, nome text, grupo text)
language sql
immutable parallel safe
set search_path = ''
as $$
  values
    ('1.1.9.99', 'Conta transitória de pagamentos',        'Ativo'),
    ('3.1.1.01', 'Matéria-prima nacional',                 'Custo'),
    ('3.1.1.02', 'Matéria-prima importada',                'Custo'),
    ('3.1.2.01', 'Peças e componentes de montagem',        'Custo'),
    ('3.1.2.02', 'Peças de reposição',                     'Custo'),
    ('3.1.3.01', 'Manutenção de máquinas e equipamentos',  'Custo'),
    ('3.1.4.01', 'Energia elétrica',                       'Custo'),
    ('3.1.4.02', 'Água e esgoto',                          'Custo'),
    ('3.2.1.01', 'Fretes sobre compras',                   'Custo'),
    ('3.2.1.02', 'Fretes sobre vendas',                    'Custo'),
    ('3.2.1.03', 'Armazenagem',                            'Custo'),
    ('3.3.1.01', 'Garantia de veículos',                   'Custo'),
    ('4.1.1.01', 'Viagens e estadias',                     'Despesa comercial'),
    ('4.1.2.01', 'Combustíveis e lubrificantes',           'Despesa comercial'),
    ('4.1.3.01', 'Publicidade e propaganda',               'Despesa comercial'),
    ('4.1.3.02', 'Produção de mídia',                      'Despesa comercial'),
    ('4.1.3.03', 'Feiras e eventos',                       'Despesa comercial'),
    ('4.1.3.05', 'Verbas de trade marketing',              'Despesa comercial'),
    ('4.1.3.99', 'Outras despesas comerciais',             'Despesa comercial'),
    ('4.2.1.01', 'Aluguéis e condomínios',                 'Despesa administrativa'),
    ('4.2.1.02', 'Manutenção e conservação predial',       'Despesa administrativa'),
    ('4.2.1.03', 'Limpeza e vigilância',                   'Despesa administrativa'),
    ('4.2.2.01', 'Telefonia e dados',                      'Despesa administrativa'),
    ('4.2.2.02', 'Licenças e serviços de informática',     'Despesa administrativa'),
    ('4.2.3.01', 'Honorários advocatícios',                'Despesa administrativa'),
    ('4.2.3.02', 'Consultorias e auditorias',              'Despesa administrativa'),
    ('4.2.4.01', 'Prêmios de seguros',                     'Despesa administrativa'),
    ('4.2.5.01', 'Alimentação do trabalhador',             'Despesa administrativa'),
    ('4.2.6.01', 'Impostos e taxas',                       'Despesa administrativa'),
    ('4.2.9.01', 'Serviços de terceiros pessoa jurídica',  'Despesa administrativa'),
    ('4.2.9.99', 'Outras despesas administrativas',        'Despesa administrativa')
$$;

comment on function exemplo.contas() is 'Example warehouse: chart of accounts.';

revoke execute on function exemplo.contas() from public;
