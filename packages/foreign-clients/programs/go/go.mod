module example.com/abroad

go 1.23
