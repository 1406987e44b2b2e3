-- Trades of suppliers: how many companies each has, their share of the entries (per 10,000), the category of
-- their entries, and a second category with its share in percent. muda: from the seventh month on the company's
-- entries belong to the second category. recorrente: bills every month. cauda: has a tail of companies
-- with one to three entries. Names are templates for format() with one proper name.
create or replace function exemplo.ramos()
returns table (ramo text, categoria text, categoria2 text, parte2 int, muda boolean, recorrente boolean, cauda boolean,
  empresas int, peso int, nomes text[])
language sql
immutable parallel safe
set search_path = ''
as $$
  values
    ('autopecas_lider', 'Peças e Componentes', null::text, 0, false, false, false, 1, 1180, '{%s Sistemas Automotivos do Brasil}'::text[]),
    ('autopecas', 'Peças e Componentes', null, 0, false, false, true, 42, 1000,
      '{Indústria de Autopeças %s,%s Componentes Automotivos,Metalúrgica %s,Borrachas %s}'),
    ('materia_prima', 'Matéria-Prima', null, 0, false, false, true, 26, 800, '{Siderúrgica %s,Química %s,%s Indústria de Plásticos,Metais %s}'),
    ('materia_e_pecas', 'Matéria-Prima', 'Peças e Componentes', 30, false, false, false, 4, 120, '{%s Indústria e Comércio de Alumínio}'),
    ('transporte', 'Frete e Logística', null, 0, false, false, true, 38, 1150, '{Transportadora %s,%s Logística,Rápido %s,%s Cargas e Encomendas}'),
    ('concessionaria', 'Trade Marketing', 'Garantia e Assistência Técnica', 32, false, false, false, 64, 760,
      '{%s Veículos,Concessionária %s,%s Motors Comércio de Automóveis,Auto %s}'),
    ('agencia_trade', 'Trade Marketing', null, 0, false, false, true, 9, 200, '{%s Trade e Promo,%s Merchandising,%s Ações Promocionais}'),
    ('agencia', 'Publicidade e Propaganda', null, 0, false, false, true, 18, 320, '{Agência %s,%s Comunicação,%s Mídia e Produções}'),
    ('agencia_mista', 'Publicidade e Propaganda', 'Trade Marketing', 35, false, false, false, 4, 120, '{%s Marketing Integrado}'),
    ('agencia_mudou', 'Publicidade e Propaganda', 'Trade Marketing', 0, true, false, false, 1, 40, '{Vitrine %s Comunicação}'),
    ('eventos', 'Eventos e Feiras', null, 0, false, false, true, 16, 180, '{%s Eventos,Cenografia %s,Buffet %s}'),
    ('oficina', 'Garantia e Assistência Técnica', null, 0, false, false, true, 20, 180, '{Oficina %s,Auto Elétrica %s,%s Guinchos e Socorro}'),
    ('predial', 'Manutenção Predial', null, 0, false, false, true, 24, 420, '{Construtora %s,%s Instalações,%s Climatização}'),
    ('maquinas', 'Manutenção de Máquinas', null, 0, false, false, true, 24, 460, '{%s Automação Industrial,Retífica %s,%s Engenharia de Manutenção}'),
    ('manutencao_dupla', 'Manutenção Predial', 'Manutenção de Máquinas', 40, false, false, false, 3, 80, '{%s Engenharia e Serviços}'),
    ('viagens', 'Viagens e Hospedagem', null, 0, false, false, true, 26, 460, '{Hotel %s,%s Turismo,Pousada %s,%s Viagens Corporativas}'),
    ('combustivel', 'Combustíveis', null, 0, false, false, true, 22, 400, '{Auto Posto %s,Posto %s,%s Comércio de Combustíveis}'),
    ('advocacia', 'Serviços Jurídicos', null, 0, false, false, true, 14, 180, '{%s Advogados Associados,%s Sociedade de Advogados}'),
    ('refeitorio', 'Alimentação e Refeitório', null, 0, false, false, true, 14, 280, '{%s Refeições Coletivas,Panificadora %s,%s Alimentos}'),
    ('governo', 'Impostos e Taxas', null, 0, false, false, false, 12, 190, '{Prefeitura Municipal de %s,Secretaria da Fazenda %s}'),
    ('diversos', 'Outras Despesas', null, 0, false, false, true, 20, 220, '{Papelaria %s,Cartório %s,%s Comércio e Representações}'),
    ('imobiliaria', 'Aluguéis e Condomínios', null, 0, false, true, false, 12, 190, '{%s Administradora de Imóveis,Condomínio Edifício %s}'),
    ('informatica', 'Serviços de TI', null, 0, false, true, true, 24, 430, '{%s Tecnologia,%s Informática,%s Sistemas}'),
    ('informatica_telecom', 'Serviços de TI', 'Telecomunicações', 35, false, true, false, 3, 70, '{%s Soluções em TI e Telecom}'),
    ('informatica_mudou', 'Serviços de TI', 'Telecomunicações', 0, true, true, false, 2, 60, '{%s Redes e Conectividade}'),
    ('telecom', 'Telecomunicações', null, 0, false, true, false, 8, 240, '{%s Telecom,Companhia Telefônica %s}'),
    ('limpeza', 'Limpeza e Vigilância', null, 0, false, true, true, 16, 320, '{%s Serviços de Limpeza,%s Segurança Patrimonial,Conservadora %s}'),
    ('limpeza_mudou', 'Limpeza e Vigilância', 'Manutenção Predial', 0, true, true, false, 2, 60, '{%s Serviços Gerais}'),
    ('consultoria', 'Consultoria e Auditoria', null, 0, false, true, true, 14, 190, '{%s Consultoria,%s Auditores Independentes}'),
    ('seguradora', 'Seguros', null, 0, false, true, false, 8, 100, '{%s Seguros,Companhia de Seguros %s}'),
    ('energia', 'Energia Elétrica', null, 0, false, true, false, 7, 180, '{Companhia Energética %s,%s Comercializadora de Energia}'),
    ('saneamento', 'Água e Saneamento', null, 0, false, true, false, 6, 90, '{Companhia de Saneamento %s,%s Ambiental}')
$$;

comment on function exemplo.ramos() is
  'Example warehouse: trades of suppliers with number of companies, share of the entries and categories.';

revoke execute on function exemplo.ramos() from public;
