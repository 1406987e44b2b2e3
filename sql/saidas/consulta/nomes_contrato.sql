-- What warehouses call the columns of the contract, as regular expressions over folded names, the surest first: in Portuguese and in
-- English, with the prefixes of data modellers (dt, vl, cd, nr, nm, ds), and as copies of Protheus (titles, invoice items, journal; without
-- the prefix of the table) and SAP (BSEG, BKPF, ACDOCA) have them. A column of a dimension may also be called after the dimension.
-- Called by audit.mapear_colunas.
create or replace function audit_interno.nomes_contrato()
returns table (coluna text, expressao text, posto integer)
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select n.coluna, e.expressao, e.posto::integer
  from (values
    ('id', '{"id", "(nk|id|cd|nr|num|seq|chave)_?(lancamento|lanc|lancto|movimento|entry|fato|fact)", "(lancamento|lanc|movimento|entry)_?(id|key|no)", "chave", "key|r_e_c_n_o_"}'::text[]),
    ('data_lancamento', '{"(data|dt)_?(de_)?(lancamento|lanc|lancto|contabil|contabilizacao)", "emis1|dtdigit|budat|h_budat", "(booking|booked|posting|posted|accounting|entry)_?(date|on|day)", "(data|dt)_?(de_)?(movimento|mov|competencia|pagamento|emissao)", "(transaction|payment|document|invoice)_?date", "data|date|dia|dt|day|emissao|bldat|h_bldat", "(full|calendar)_?date(_alternate_key)?|date_(full|value)|data_(completa|calendario)"}'),
    ('carregado_em', '{"(carregado|inserido|ingerido)_em", "(data|dt|dh|ts)_?(hora_)?(de_)?(carga|inclusao|ingestao)", "s_t_a_m_p_|i_n_s_d_t_|cpudt", "(loaded|inserted|ingested|load)_?(at|on|time|ts|date)|entry_?(ts|time)", "(atualizado|alterado)_em|(data|dt|dh|ts)_?(hora_)?(de_)?(atualizacao|alteracao)|updated_?(at|on)|modified_?(at|on)", "(criado)_em|created_?(at|on)|etl_.*"}'),
    ('filial', '{"((cd|cod|nm|nome|id)_?)?filial(_?(nome|codigo|name|code))?", "branch(_?(name|code))?", "estabelecimento|(loja|store)(_(codigo|code))?|planta|plant|site", "unidade(_de_negocio)?|business_unit|unit|(cd|cod)_?unidade", "empresa|company(_?code)?|r?bukrs|werks"}'),
    ('centro_custo', '{"((cd|cod|nm|nome|id)_?)?centro_?(de_?)?custos?(_?(nome|codigo|name|code))?", "cost_?(cent(er|re)|ctr)(_?(name|code))?", "ccusto|c_?custo|cc|ccd|kostl|rcntr|departamento|department"}'),
    ('conta_contabil', '{"((cd|cod|nr|num|id)_?)?conta(_?contabil)?(_?(codigo|numero|code))?", "(gl_?|ledger_?)?acc(oun)?t(_?(code|no|number))?", "contad|debito|hkont|racct|saknr", "plano_de_contas|conta(_?contabil)?_?(nome|descricao|name)|account_?name"}'),
    ('categoria', '{"((cd|cod|nm|nome|ds|id)_?)?categoria(_?(nome|name|descricao))?", "(category|((spend|expense)_?)?cat)(_?name)?", "((cd|cod|nm|nome|ds)_?)?classe(_?(nome|name))?|classificacao|naturez(a(_?despesa)?)?|rubrica|(expense|spend)_?(type|category)(_name)?|tipo_?(de_?)?despesa"}'),
    ('fornecedor_id', '{"cnpj|stcd1|cnpj_?cpf|cpf_?cnpj|((fornecedor|emitente|supplier|vendor)_?)?tax_?(id|number)|(fornecedor|emitente|supplier|vendor)_?(cnpj|cpf_?cnpj|cnpj_?cpf)|(nr|num|cd)_?cnpj(_?fornecedor)?|cnpj_?fornecedor", "(cd|cod|codigo|nr)_?(do_)?(fornecedor|fornec)|(fornecedor|fornec)_?(codigo|cod|code)", "(supplier|vendor|creditor)_?(code|no|number)", "(fornecedor|supplier|vendor|creditor)_?id|fornece|lifnr"}'),
    ('fornecedor', '{"((nm|nome)_?(do_)?)?(fornecedor|fornec)(_?(nome|name))?", "razao_?social|nomfor|nreduz|name1", "(supplier|vendor|creditor|payee)(_?name)?", "((nm|nome)_?)?parceiro(_?(nome|name))?|favorecido|beneficiario|credor|emitente"}'),
    ('documento', '{"ref(erence)?_?doc(ument)?(_?(number|no))?|xblnr", "((nr|num|numero|no|cd)_?(do_)?)?(documento|doc)(_?(numero|number|no))?", "((nr|num|numero|no)_?(da_)?)?(nota(_?fiscal)?|nf|nfe)(_?(numero|number))?", "invoice(_?(number|no|num))?", "document(_?(number|no|num))?", "fatura|titulo|voucher|reference", "num|belnr"}'),
    ('descricao', '{"(ds_?)?(descricao|historico)(_?(lancamento|lanc))?", "description|narrative|memo|text|(line|item|entry)_?text", "texto|ds_?lancamento|hist|sgtxt|bktxt|detalhe|observacao|obs|complemento|comment"}'),
    ('valor', '{"valor|vl|vlr|montante", "((vl|vlr|valor)_?(do_)?)(lancamento|lanc|lancto|contabil|movimento|liquido|pago)", "vlcruz|dmbtr|hsl", "amount|value|(booked|net|paid|entry)_?amount|net", "amt|(amount|amt)_?(lc|local)|(booked|net|local|lc)_?(amount|amt)", "((vl|vlr|valor)_?)?total"}'),
    ('valor_documento', '{"((vl|vlr|valor)_?(do_|da_)?)(documento|doc|nota(_?fiscal)?|nf|fatura)", "(invoice|document|doc)_?(amount|amt|value|total)|(amount|amt)_?(doc|invoice)", "valor_?bruto|vl_?bruto|gross(_?amount)?"}'),
    ('valor_desconto', '{"((vl|vlr|valor)_?(do_)?)?(desconto|glosa|abatimento)s?|valdesc", "disc(ount)?(_?(amount|amt|value))?"}')
  ) as n (coluna, expressoes)
  cross join lateral unnest(n.expressoes) with ordinality as e (expressao, posto)
$$;
comment on function audit_interno.nomes_contrato() is 'Regular expressions that recognise a column of the warehouse as one of the contract; posto 1 is the surest.';
