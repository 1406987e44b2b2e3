-- Categories with what makes an entry of each believable: accounts and cost centres in which it is booked,
-- amounts (median in cents, spread in tenths of a standard deviation of the logarithm), whether taxes are
-- withheld at source, and texts. Texts are templates for format(): 1 month, 2 year, 3 campaign, 4 dealer,
-- 5 contract, 6 town, 7 model, 8 document.
-- No text outside Trade Marketing may match exemplo.padroes(), save the one on recalls, which they exclude.
create or replace function exemplo.categorias()
returns table (nome text, grupo text, contas text[], centros text[], mediana bigint, dispersao int, retem boolean, textos text[])
language sql
immutable parallel safe
set search_path = ''
as $$
  values
    ('Trade Marketing', 'Comercial', '{4.1.3.05,4.1.3.05,4.1.3.05,4.1.3.99}'::text[], '{2030,2040,2010}'::text[], 850000::bigint, 10, false,
      array['Ação varejo %7$s - %4$s', 'Verba de trade marketing %1$s/%2$s - %4$s', 'Reembolso campanha %3$s contrato %5$s',
        'Campanha de varejo %3$s - %6$s', 'Material de PDV %7$s - %4$s', 'Ativação em PDV %3$s', 'Incentivo de vendas %4$s ref. %1$s/%2$s',
        'Test drive no shopping - %6$s - %3$s', 'Mídia cooperada %4$s %1$s/%2$s', 'Campanha regional %3$s %1$s/%2$s',
        'Reembolso conforme NF %8$s', 'Rateio de ações comerciais da rede %1$s']),
    ('Publicidade e Propaganda', 'Comercial', '{4.1.3.01,4.1.3.01,4.1.3.02,4.1.3.99}', '{2020,2020,2010}', 2400000, 12, true,
      array['Veiculação TV aberta %1$s/%2$s', 'Mídia digital programática %7$s', 'Produção de filme publicitário %7$s',
        'Criação e arte final de anúncio', 'Painel de LED aeroporto de %6$s', 'Assessoria de imprensa %1$s/%2$s',
        'Plano de mídia nacional contrato %5$s', 'Gestão de redes sociais %1$s', 'Patrocínio institucional - Test Drive Solidário %6$s']),
    ('Eventos e Feiras', 'Comercial', '{4.1.3.03,4.1.3.03,4.1.3.99}', '{2020,2010}', 1800000, 11, true,
      array['Montagem de estande - Salão do Automóvel', 'Locação de espaço feira %6$s', 'Buffet evento de lançamento %7$s',
        'Sonorização e iluminação convenção %2$s', 'Recepcionistas para evento em %6$s', 'Cenografia lançamento %7$s']),
    ('Garantia e Assistência Técnica', 'Comercial', '{3.3.1.01}', '{2060,3080}', 180000, 9, false,
      array['Garantia %7$s OS %8$s', 'Mão de obra em garantia - %4$s', 'Recall campanha regional %6$s %7$s', 'Reparo módulo de bateria %7$s',
        'Assistência 24h %1$s/%2$s', 'Substituição de peça em garantia OS %8$s']),
    ('Peças e Componentes', 'Suprimentos', '{3.1.2.01,3.1.2.01,3.1.2.02}', '{3040,3020,3050,4010}', 1250000, 11, false,
      array['Conjunto suspensão %7$s pedido %5$s', 'Chicote elétrico lote %8$s', 'Para-choque %7$s', 'Módulo eletrônico %7$s pedido %5$s',
        'Vidros e guarnições %7$s', 'Parafusos e fixadores lote %8$s', 'Pneus %7$s pedido %5$s', 'Bancos dianteiros %7$s', 'Peças de reposição pedido %5$s']),
    ('Matéria-Prima', 'Suprimentos', '{3.1.1.01,3.1.1.01,3.1.1.02}', '{3010,3020,3030,3050}', 4800000, 10, false,
      array['Bobina de aço galvanizado lote %8$s', 'Alumínio em chapas', 'Tinta automotiva base água', 'Resina polipropileno lote %8$s',
        'Cobre eletrolítico contrato %5$s', 'Carbonato de lítio contrato %5$s', 'Adesivo estrutural', 'Primer e verniz %1$s/%2$s']),
    ('Frete e Logística', 'Suprimentos', '{3.2.1.01,3.2.1.02,3.2.1.02,3.2.1.03}', '{4020,4030,4040}', 320000, 10, true,
      array['Frete rodoviário %6$s CT-e %8$s', 'Transporte de veículos cegonha %6$s', 'Armazenagem %1$s/%2$s', 'Frete aéreo urgente peças %7$s',
        'Desembaraço aduaneiro DI %8$s', 'Cabotagem contêiner %8$s', 'Coleta milk run %1$s', 'Frete sobre vendas %6$s']),
    ('Manutenção Predial', 'Administração', '{4.2.1.02,4.2.1.02,4.2.9.01}', '{1070,3070}', 240000, 11, true,
      array['Reparo de telhado galpão %6$s', 'Manutenção de ar condicionado %1$s/%2$s', 'Pintura predial', 'Serviços hidráulicos',
        'Manutenção de elevadores contrato %5$s', 'Reforma do vestiário', 'Manutenção de jardins %1$s']),
    ('Manutenção de Máquinas', 'Operações', '{3.1.3.01,3.1.3.01,4.2.9.01}', '{3060,3010,3020}', 560000, 11, true,
      array['Manutenção preventiva prensa %8$s', 'Calibração de robôs de solda', 'Peças para esteira transportadora', 'Retífica de motor elétrico',
        'Manutenção corretiva cabine de pintura', 'Óleo hidráulico e filtros', 'Aferição de instrumentos %1$s/%2$s']),
    ('Viagens e Hospedagem', 'Administração', '{4.1.1.01,4.1.1.01,4.2.9.99}', '{1050,2040,2050,5010}', 145000, 8, false,
      array['Passagem aérea %6$s', 'Hospedagem %6$s', 'Hospedagem treinamento %6$s %1$s', 'Locação de veículo %6$s', 'Táxi e aplicativo %1$s/%2$s', 'Remarcação de bilhete %8$s']),
    ('Combustíveis', 'Comercial', '{4.1.2.01}', '{2050,4030,5020}', 42000, 7, false,
      array['Abastecimento frota %1$s/%2$s', 'Diesel S10 %6$s', 'Etanol frota de testes', 'Gasolina %6$s cupom %8$s', 'Arla 32', 'Abastecimento cartão frota']),
    ('Serviços Jurídicos', 'Administração', '{4.2.3.01,4.2.3.01,4.2.9.01}', '{1020}', 920000, 10, true,
      array['Honorários processo %8$s', 'Honorários advocatícios %1$s/%2$s', 'Parecer tributário', 'Acompanhamento trabalhista %6$s', 'Custas e diligências processo %8$s']),
    ('Alimentação e Refeitório', 'Administração', '{4.2.5.01}', '{1050}', 680000, 9, true,
      array['Refeições fábrica %1$s/%2$s', 'Vale-alimentação %1$s', 'Lanches turno da noite', 'Coffee break treinamento', 'Cesta básica %1$s/%2$s']),
    ('Impostos e Taxas', 'Administração', '{4.2.6.01}', '{1040,1030}', 310000, 12, false,
      array['Taxa de licenciamento %2$s', 'IPTU %6$s %2$s', 'Taxa de fiscalização %6$s', 'Guia de recolhimento %8$s', 'ISS retido %1$s/%2$s']),
    ('Aluguéis e Condomínios', 'Administração', '{4.2.1.01}', '{1070}', 2600000, 8, true,
      array['Aluguel %1$s/%2$s contrato %5$s', 'Condomínio %1$s/%2$s', 'Locação de galpão %6$s %1$s/%2$s', 'Aluguel showroom %6$s']),
    ('Serviços de TI', 'Administração', '{4.2.2.02,4.2.2.02,4.2.9.01}', '{1060}', 1100000, 10, true,
      array['Licenças de software %2$s', 'Sustentação ERP %1$s/%2$s', 'Horas de desenvolvimento contrato %5$s', 'Hospedagem em nuvem %1$s/%2$s',
        'Suporte técnico %1$s', 'Equipamentos de informática', 'Consultoria BI projeto %5$s']),
    ('Telecomunicações', 'Administração', '{4.2.2.01}', '{1060,1070}', 190000, 9, false,
      array['Link dedicado %6$s %1$s/%2$s', 'Telefonia móvel %1$s/%2$s', 'Telefonia fixa %6$s', 'Rádio comunicação fábrica', 'Dados móveis veículos conectados %1$s']),
    ('Limpeza e Vigilância', 'Administração', '{4.2.1.03,4.2.1.03,4.2.9.01}', '{1080,1070}', 1500000, 8, true,
      array['Serviços de limpeza %1$s/%2$s', 'Vigilância patrimonial %6$s %1$s/%2$s', 'Portaria 24h contrato %5$s', 'Coleta de resíduos %1$s', 'Material de limpeza']),
    ('Consultoria e Auditoria', 'Administração', '{4.2.3.02,4.2.9.01}', '{1030,1010}', 1900000, 10, true,
      array['Auditoria externa %2$s', 'Consultoria tributária %1$s/%2$s', 'Consultoria de processos contrato %5$s', 'Avaliação atuarial', 'Laudo técnico %6$s']),
    ('Seguros', 'Administração', '{4.2.4.01}', '{1040}', 880000, 11, false,
      array['Seguro patrimonial apólice %5$s', 'Seguro de transporte %1$s/%2$s', 'Seguro frota apólice %5$s', 'Seguro de vida em grupo %1$s/%2$s']),
    ('Energia Elétrica', 'Operações', '{3.1.4.01}', '{3070}', 3900000, 11, false,
      array['Energia elétrica %6$s %1$s/%2$s', 'Demanda contratada %1$s/%2$s', 'Energia mercado livre contrato %5$s', 'Fatura de energia UC %8$s']),
    ('Água e Saneamento', 'Operações', '{3.1.4.02}', '{3070,1070}', 410000, 10, false,
      array['Água e esgoto %6$s %1$s/%2$s', 'Caminhão-pipa', 'Tratamento de efluentes %1$s/%2$s', 'Fatura de água %8$s']),
    ('Outras Despesas', 'Administração', '{4.2.9.99,4.2.9.01}', '{1030,1070,1010}', 95000, 11, false,
      array['Despesas diversas %1$s', 'Material de escritório', 'Correios e cartório', 'Reembolso de despesas %1$s/%2$s', 'Brindes de fim de ano'])
$$;

comment on function exemplo.categorias() is
  'Example warehouse: categories with their accounts, cost centres, amounts (median in cents) and text templates.';

revoke execute on function exemplo.categorias() from public;
