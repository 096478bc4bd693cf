using System.Reflection;
using Mono.Cecil;
using StreamPipes.Exploration.Hooks;

namespace StreamPipes.Exploration.Rewriting;

/// <summary>Finds the method that is called in place of one of the framework's.</summary>
internal static class Replacements
{
    private static readonly Dictionary<string, List<MethodInfo>> ByName = Collect();

    public static MethodInfo? Find(MethodReference called)
    {
        if (!ByName.TryGetValue($"{called.DeclaringType.GetElementType().FullName}::{called.Name}", out List<MethodInfo>? candidates)) return null;
        return candidates.Find(candidate => Fits(candidate, called));
    }

    private static bool Fits(MethodInfo candidate, MethodReference called)
    {
        ParameterInfo[] parameters = candidate.GetParameters();
        int first = called.HasThis && !string.Equals(called.Name, ".ctor", StringComparison.Ordinal) ? 1 : 0;
        if (parameters.Length != called.Parameters.Count + first) return false;
        for (int i = 0; i < called.Parameters.Count; i++)
        {
            Type wanted = parameters[i + first].ParameterType;
            TypeReference given = called.Parameters[i].ParameterType;
            if (!wanted.IsGenericParameter && !given.IsGenericParameter && !string.Equals(wanted.Name, given.Name, StringComparison.Ordinal)) return false;
        }

        return true;
    }

    private static Dictionary<string, List<MethodInfo>> Collect()
    {
        Dictionary<string, List<MethodInfo>> found = new(StringComparer.Ordinal);
        foreach (MethodInfo method in new[] { typeof(Atomics), typeof(Monitors), typeof(Threads), typeof(Cancellations), typeof(Tasks), typeof(Timers) }.SelectMany(static type => type.GetMethods(BindingFlags.Public | BindingFlags.Static)))
        {
            foreach (ReplacesAttribute replaces in method.GetCustomAttributes<ReplacesAttribute>())
            {
                string key = $"{replaces.Type.FullName}::{replaces.Method}";
                if (!found.TryGetValue(key, out List<MethodInfo>? list)) found.Add(key, list = []);
                list.Add(method);
            }
        }

        return found;
    }
}
