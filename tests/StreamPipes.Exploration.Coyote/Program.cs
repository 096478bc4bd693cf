Console.WriteLine("The tests in this program are run by build/explore.sh, under coyote.");
