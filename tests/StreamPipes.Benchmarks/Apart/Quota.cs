using System.Globalization;

namespace StreamPipes.Benchmarks.Apart;

/// <summary>A control group of Linux with a limit of processor time, in either version of that interface.</summary>
internal sealed class Quota : IDisposable
{
    private const string First = "/sys/fs/cgroup/cpu";
    private const string Second = "/sys/fs/cgroup";
    private const string Name = "streampipes-benchmark";

    public Quota(int quota, int period)
    {
        Directory.CreateDirectory(Folder);
        if (IsFirst)
        {
            Write("cpu.cfs_period_us", Text(period));
            Write("cpu.cfs_quota_us", Text(quota));
        }
        else
        {
            Write("cpu.max", $"{Text(quota)} {Text(period)}");
        }
    }

    public static string Folder => Path.Combine(IsFirst ? First : Second, Name);

    public static bool CanSet
    {
        get
        {
            if (!OperatingSystem.IsLinux() || (!IsFirst && !File.Exists(Path.Combine(Second, "cgroup.subtree_control")))) return false;
            try
            {
                using Quota quota = new(50_000, 100_000);
                return true;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    private static bool IsFirst => File.Exists(Path.Combine(First, "cpu.cfs_quota_us"));

    public void Dispose() => Directory.Delete(Folder);

    private static void Write(string file, string text) => File.WriteAllText(Path.Combine(Folder, file), text);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
