-- Cost centres of the example.
create or replace function exemplo.centros_custo()
returns table (codigo text, nome text, diretoria text)
language sql
immutable parallel safe
set search_path = ''
as $$
  values
    ('1010', 'Presidência',                 'Administração'),
    ('1020', 'Jurídico',                    'Administração'),
    ('1030', 'Controladoria',               'Administração'),
    ('1040', 'Tesouraria',                  'Administração'),
    ('1050', 'Recursos Humanos',            'Administração'),
    ('1060', 'Tecnologia da Informação',    'Administração'),
    ('1070', 'Facilities',                  'Administração'),
    ('1080', 'Segurança Patrimonial',       'Administração'),
    ('2010', 'Marketing de Produto',        'Comercial'),
    ('2020', 'Comunicação e Marca',         'Comercial'),
    ('2030', 'Desenvolvimento de Rede',     'Comercial'),
    ('2040', 'Vendas Varejo',               'Comercial'),
    ('2050', 'Vendas Diretas',              'Comercial'),
    ('2060', 'Pós-Venda',                   'Comercial'),
    ('3010', 'Estamparia',                  'Operações'),
    ('3020', 'Soldagem',                    'Operações'),
    ('3030', 'Pintura',                     'Operações'),
    ('3040', 'Montagem Final',              'Operações'),
    ('3050', 'Baterias',                    'Operações'),
    ('3060', 'Manutenção Industrial',       'Operações'),
    ('3070', 'Utilidades',                  'Operações'),
    ('3080', 'Qualidade',                   'Operações'),
    ('4010', 'Compras',                     'Suprimentos'),
    ('4020', 'Logística de Entrada',        'Suprimentos'),
    ('4030', 'Logística de Veículos',       'Suprimentos'),
    ('4040', 'Comércio Exterior',           'Suprimentos'),
    ('5010', 'Engenharia de Produto',       'Engenharia'),
    ('5020', 'Protótipos e Testes',         'Engenharia')
$$;

comment on function exemplo.centros_custo() is 'Example warehouse: cost centres.';

revoke execute on function exemplo.centros_custo() from public;
