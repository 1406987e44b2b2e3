-- What a correction would be without any audit.
update dw.lancamentos t set categoria = a.certa from bancada.alvo a where t.id = a.id
